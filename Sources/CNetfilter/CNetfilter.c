#define _GNU_SOURCE
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/bpf.h>
#include <linux/openat2.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

void *bn_nfqueue_info(uint16_t queue, uint32_t *size) {
    struct xt_NFQ_info_v3 info = {
        .queuenum = queue, .queues_total = 1, .flags = NFQ_FLAG_BYPASS};
    *size = XT_ALIGN(sizeof info);
    void *block = calloc(1, *size);
    if (block != NULL)
        memcpy(block, &info, sizeof info);
    return block;
}

void *bn_string_info(const char *algorithm, const uint8_t *pattern, uint8_t length,
                     uint16_t from, uint16_t to, uint32_t *size) {
    if (length == 0 || length > XT_STRING_MAX_PATTERN_SIZE ||
        strlen(algorithm) >= XT_STRING_MAX_ALGO_NAME_SIZE)
        return NULL;
    *size = XT_ALIGN(sizeof(struct xt_string_info));
    struct xt_string_info *info = calloc(1, *size);
    if (info == NULL)
        return NULL;
    info->from_offset = from;
    info->to_offset = to;
    strcpy(info->algo, algorithm);
    memcpy(info->pattern, pattern, length);
    info->patlen = length;
    info->u.v1.flags = XT_STRING_FLAG_IGNORECASE;
    return info;
}

void *bn_bpf_info(int program, uint32_t *size) {
    *size = XT_ALIGN(sizeof(struct xt_bpf_info_v1));
    struct xt_bpf_info_v1 *info = calloc(1, *size);
    if (info == NULL)
        return NULL;
    info->mode = XT_BPF_MODE_FD_ELF;
    info->fd = program;
    return info;
}

static int bpf(int command, union bpf_attr *attributes) {
    return (int)syscall(SYS_bpf, command, attributes, sizeof *attributes);
}

int bn_bpf_array(uint32_t size) {
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.map_type = BPF_MAP_TYPE_ARRAY;
    attributes.key_size = sizeof(uint32_t);
    attributes.value_size = size;
    attributes.max_entries = 1;
    attributes.map_flags = BPF_F_MMAPABLE;
    strcpy(attributes.map_name, "brownout_names");
    return bpf(BPF_MAP_CREATE, &attributes);
}

int bn_bpf_socket_filter(const uint64_t *instructions, uint32_t count, char *log,
                         uint32_t log_size) {
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
    attributes.insns = (uintptr_t)instructions;
    attributes.insn_cnt = count;
    // None of the helpers called is kept for programs under the GPL.
    attributes.license = (uintptr_t)"Apache-2.0";
    attributes.log_buf = (uintptr_t)log;
    attributes.log_size = log == NULL ? 0 : log_size;
    attributes.log_level = log == NULL ? 0 : 4;
    strcpy(attributes.prog_name, "brownout_names");
    return bpf(BPF_PROG_LOAD, &attributes);
}

int bn_bpf_test_run(int program, const uint8_t *frame, uint32_t size, uint32_t repeat,
                    uint32_t *answer, uint32_t *time) {
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.test.prog_fd = program;
    attributes.test.data_in = (uintptr_t)frame;
    attributes.test.data_size_in = size;
    attributes.test.repeat = repeat;
    int result = bpf(BPF_PROG_TEST_RUN, &attributes);
    *answer = attributes.test.retval;
    *time = attributes.test.duration;
    return result;
}

int bn_receive(int fd, struct iovec *buffers, uint32_t *lengths, unsigned int count) {
    struct mmsghdr messages[64];
    if (count > 64)
        count = 64;
    memset(messages, 0, count * sizeof messages[0]);
    for (unsigned int i = 0; i < count; i++) {
        messages[i].msg_hdr.msg_iov = &buffers[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    int received = recvmmsg(fd, messages, count, MSG_DONTWAIT, NULL);
    for (int i = 0; i < received; i++)
        lengths[i] = (messages[i].msg_hdr.msg_flags & MSG_TRUNC) ? 0 : messages[i].msg_len;
    return received;
}

int bn_set_slice(uint64_t nanoseconds) {
    // struct sched_attr as of Linux 3.14 (SCHED_ATTR_SIZE_VER0); <linux/sched/types.h> clashes with
    // <sched.h> in some versions of glibc.
    struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t runtime, deadline, period;
    } attributes = {.size = sizeof attributes, .policy = SCHED_OTHER, .runtime = nanoseconds};
    attributes.nice = getpriority(PRIO_PROCESS, 0);
    return (int)syscall(SYS_sched_setattr, 0, &attributes, 0);
}

/// How often a guard lets packets go once it has heard nothing: some may have come while the last
/// rules still matched.
enum { GUARD_ROUNDS = 4 };

static int is_kept(int fd, int beats, const struct bn_release *releases, unsigned int count) {
    if (fd == beats)
        return 1;
    for (unsigned int i = 0; i < count; i++)
        if (fd == releases[i].socket)
            return 1;
    return 0;
}

/// Closes what /proc says is open; -1 if it cannot say. Not with opendir(3), which allocates.
static int close_listed(int beats, const struct bn_release *releases, unsigned int count) {
    // struct linux_dirent64 of getdents(2).
    struct entry {
        uint64_t inode, next;
        uint16_t length;
        uint8_t type;
        char name[];
    };
    _Alignas(struct entry) char list[1024];
    int folder = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return -1;
    for (;;) {
        long size = syscall(SYS_getdents64, folder, list, sizeof list);
        if (size < 0)
            break;
        int closed = 0;
        for (long at = 0; at < size;) {
            const struct entry *entry = (const struct entry *)(list + at);
            at += entry->length;
            int fd = 0;
            const char *digit = entry->name;
            while (*digit >= '0' && *digit <= '9')
                fd = fd * 10 + *digit++ - '0';
            // "." and "..".
            if (*digit != 0)
                continue;
            if (fd == folder || is_kept(fd, beats, releases, count))
                continue;
            close(fd);
            closed = 1;
        }
        if (size == 0) {
            close(folder);
            return 0;
        }
        // What was closed may have moved the rest of the list: read it from its beginning.
        if (closed)
            lseek(folder, 0, SEEK_SET);
    }
    close(folder);
    return -1;
}

/// Closes everything from `first` on: above all the socket that owns the table, which the kernel is to
/// remove as soon as the agent ends.
static void close_from(int first, int beats, const struct bn_release *releases,
                       unsigned int count) {
    if (syscall(SYS_close_range, (unsigned int)first, ~0U, 0) == 0)
        return;
    // Before Linux 5.9, or where a filter on system calls does not know it.
    if (close_listed(beats, releases, count) == 0)
        return;
    struct rlimit limit;
    // 2^20 is the most that any process may have open (fs.nr_open), unless somebody raised that.
    rlim_t end = 1 << 20;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < end)
        end = limit.rlim_cur;
    for (int fd = first; fd < (int)end; fd++)
        close(fd);
}

pid_t bn_guard(int beats, const struct bn_release *releases, unsigned int count) {
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    // A signal for the agent's group is not for this process.
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    setsid();
    prctl(PR_SET_NAME, "brownoutd-guard");
    if (chdir("/") != 0)
        _exit(1);
    int top = beats;
    for (unsigned int i = 0; i < count; i++)
        if (releases[i].socket > top)
            top = releases[i].socket;
    for (int fd = 0; fd <= top; fd++)
        if (!is_kept(fd, beats, releases, count))
            close(fd);
    close_from(top + 1, beats, releases, count);
    // It keeps watch from here on; whoever started it sees the octet, or the end of the socket.
    if (send(beats, "", 1, MSG_NOSIGNAL) != 1)
        _exit(1);
    int patience = -1, rounds = GUARD_ROUNDS;
    for (;;) {
        struct pollfd heard = {.fd = beats, .events = POLLIN};
        int ready = poll(&heard, 1, patience);
        if (ready < 0)
            continue;
        if (ready > 0) {
            uint32_t beat;
            if (recv(beats, &beat, sizeof beat, MSG_DONTWAIT) != (ssize_t)sizeof beat)
                _exit(0);
            patience = beat == 0 || beat > INT32_MAX ? -1 : (int)beat;
            rounds = GUARD_ROUNDS;
            continue;
        }
        for (unsigned int i = 0; i < count; i++)
            send(releases[i].socket, releases[i].bytes, releases[i].size, MSG_DONTWAIT);
        patience = --rounds > 0 ? 500 : -1;
    }
}

int bn_enter_network_namespace(int fd) { return setns(fd, CLONE_NEWNET); }

int bn_open_below(int root, const char *path, int flags) {
    struct open_how how;
    memset(&how, 0, sizeof how);
    how.flags = (uint64_t)flags;
    how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    return (int)syscall(SYS_openat2, root, path, &how, sizeof how);
}

int bn_peer_credentials(int fd, int32_t *pid, uint32_t *uid, uint32_t *gid) {
    struct ucred credentials;
    socklen_t length = sizeof credentials;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) < 0)
        return -1;
    if (length != sizeof credentials) {
        errno = EINVAL;
        return -1;
    }
    *pid = credentials.pid;
    *uid = credentials.uid;
    *gid = credentials.gid;
    return 0;
}

static int release_code(struct dl_phdr_info *object, size_t size, void *unused) {
    (void)size;
    (void)unused;
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        // Of what may be written, pages differ from the file.
        if (segment->p_type != PT_LOAD || (segment->p_flags & (PF_X | PF_W)) != PF_X)
            continue;
        uintptr_t start = (object->dlpi_addr + segment->p_vaddr) & ~(page - 1);
        uintptr_t end = (object->dlpi_addr + segment->p_vaddr + segment->p_memsz) & ~(page - 1);
        if (start < end)
            madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 0;
}

void bn_release_code(void) { dl_iterate_phdr(release_code, NULL); }
