#define _GNU_SOURCE
#include "shim.h"

#include <errno.h>
#include <linux/bpf.h>
#include <linux/openat2.h>
#include <sched.h>
#include <stdlib.h>
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
