// The C libraries behind the target Netfilter: libmnl, libnftnl, libnetfilter_queue, libcap-ng.
// Functions of ours (`bn_…`) exist only where Swift cannot call the original; each says why.
#ifndef BROWNOUT_CNETFILTER_H
#define BROWNOUT_CNETFILTER_H

// First: without it the <linux/netfilter*.h> headers do not build as a module.
#include <netinet/in.h>

#include <net/if.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <linux/netfilter/x_tables.h>
#include <linux/netfilter/xt_bpf.h>
#include <linux/netfilter/xt_NFQUEUE.h>
#include <linux/netfilter/xt_string.h>
#include <linux/netlink.h>

#include <libmnl/libmnl.h>

#include <libnftnl/chain.h>
#include <libnftnl/common.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>
#include <libnftnl/table.h>
#include <libnftnl/udata.h>

#include <libnetfilter_queue/libnetfilter_queue.h>

#include <cap-ng.h>

/// `struct xt_NFQ_info_v3` with the bypass flag, in a block from `malloc` (the rule takes it over
/// and frees it). Why not Swift: XT_ALIGN is a function-like macro.
void *bn_nfqueue_info(uint16_t queue, uint32_t *size);

/// `struct xt_string_info` (match `string` rev 1, ignore case), in a block from `malloc` (the rule
/// takes it over and frees it); NULL if `length` is 0 or above XT_STRING_MAX_PATTERN_SIZE. Why not
/// Swift: its fixed `char` arrays are imported as tuples of 16 and 128 elements.
void *bn_string_info(const char *algorithm, const uint8_t *pattern, uint8_t length,
                     uint16_t from, uint16_t to, uint32_t *size);

/// `struct xt_bpf_info_v1` (match `bpf` rev 1) for a program by its descriptor, in a block from
/// `malloc` (the rule takes it over and frees it). Why not Swift: XT_ALIGN, and a union of arrays.
void *bn_bpf_info(int program, uint32_t *size);

// bpf(2). Why not Swift: it is reached by syscall(2), which is variadic, and its argument is a union
// of structures without names.

/// BPF_MAP_CREATE of an array with one value of `size` octets, which can be mapped into memory.
int bn_bpf_array(uint32_t size);

/// BPF_PROG_LOAD of a socket filter; what the verifier says goes to `log`, unless NULL.
int bn_bpf_socket_filter(const uint64_t *instructions, uint32_t count, char *log,
                         uint32_t log_size);

/// BPF_PROG_TEST_RUN: the program's answer to an Ethernet frame in `answer`, and how many ns one of
/// `repeat` runs took in `time`.
int bn_bpf_test_run(int program, const uint8_t *frame, uint32_t size, uint32_t repeat,
                    uint32_t *answer, uint32_t *time);

/// One store that the compiler neither splits nor leaves out. Why not Swift: `Atomic` keeps its
/// value within itself, and this one is memory of the kernel's.
static inline void bn_store(uint64_t *word, uint64_t value) {
    __atomic_store_n(word, value, __ATOMIC_SEQ_CST);
}

/// recvmmsg(2) with MSG_DONTWAIT into `count` (at most 64) buffers; `lengths` gets the length of
/// each message, 0 for one that did not fit. Why not Swift: `struct mmsghdr` needs _GNU_SOURCE,
/// which `import Glibc` does not define.
int bn_receive(int fd, struct iovec *buffers, uint32_t *lengths, unsigned int count);

/// Sets the time slice that the calling thread asks of the fair scheduler, in ns; 0 for the system's
/// own. Why not Swift: sched_setattr(2) has no wrapper in glibc before 2.41, and `syscall` is
/// variadic.
int bn_set_slice(uint64_t nanoseconds);

/// Messages of netlink, and the socket that they are to be sent over.
struct bn_release {
    int socket;
    const void *bytes;
    size_t size;
};

/// Starts a process that sends `releases` whenever nothing has come over `beats`, a socket of type
/// SOCK_SEQPACKET, for as many ms as the last message said (`uint32_t`; 0 is for ever), and a few times
/// after that. It sends one octet over `beats` when it keeps watch, and ends when the other end of that
/// is closed. Returns fork(2)'s result. Why not Swift: between fork and exec only async-signal-safe
/// functions may be called.
pid_t bn_guard(int beats, const struct bn_release *releases, unsigned int count);

/// setns(2) to a network namespace. Why not Swift: it needs _GNU_SOURCE.
int bn_enter_network_namespace(int fd);

/// openat2(2) with RESOLVE_IN_ROOT: opens a path as a process sees it whose root folder is `root`,
/// links and all. Why not Swift: glibc has no wrapper, and `syscall` is variadic.
int bn_open_below(int root, const char *path, int flags);

/// Lets go of the pages of code that this process has touched: they are the file's, and come back when
/// they are touched again. Why not Swift: `dl_iterate_phdr` needs _GNU_SOURCE.
void bn_release_code(void);

/// getsockopt(2) SO_PEERCRED. Why not Swift: `struct ucred` needs _GNU_SOURCE.
int bn_peer_credentials(int fd, int32_t *pid, uint32_t *uid, uint32_t *gid);

#endif
