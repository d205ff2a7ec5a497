// accept: the yardstick of `make bench`. Queues every DNS answer (UDP, source port 53, input hook)
// to user space and accepts it: what any agent built on NFQUEUE pays before it does anything.
//
//     accept [QUEUE]
//
// It does all that makes a queue cheap and safe, as the agent does: recvmmsg, one batch verdict for
// each run of packets, fail-open, no ENOBUFS, a large receive buffer, a table that the kernel removes
// when we die. Prints `ready native` or `ready compat` once the rule is in force, and on SIGTERM
// `accepted N`.
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <linux/netfilter/x_tables.h>
#include <linux/netfilter/xt_NFQUEUE.h>

#include <libmnl/libmnl.h>
#include <libnetfilter_queue/libnetfilter_queue.h>
#include <libnftnl/chain.h>
#include <libnftnl/common.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/table.h>

#ifndef NFT_TABLE_F_OWNER
#define NFT_TABLE_F_OWNER 0x2
#endif
#define TABLE "brownout_bench"
#define CHAIN "input"
#define PRIORITY_MANGLE (-150)
#define DNS_PORT 53
#define BATCH 64              // packets a recvmmsg may bring
#define COPY 4096             // octets of a packet that we see; every UDP answer here fits
#define MESSAGE (COPY + 512)  // one packet in its netlink message
#define QUEUE_LENGTH 65536
#define RECEIVE_BUFFER (16 << 20)

static volatile sig_atomic_t stopping;

static void stop(int signal)
{
    (void)signal;
    stopping = 1;
}

static void die(const char *what)
{
    fprintf(stderr, "accept: %s: %s\n", what, strerror(errno));
    exit(1);
}

static struct mnl_socket *open_netlink(void)
{
    struct mnl_socket *socket = mnl_socket_open(NETLINK_NETFILTER);
    if (!socket || mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0)
        die("netlink socket");
    return socket;
}

// The kernel works through what we send before send returns, and answers only failures (we ask for
// no acknowledgement): if nothing is there to be read now, all went well. Returns 0 or an errno.
static int outcome(struct mnl_socket *socket)
{
    char answer[8192];
    int problem = 0;
    ssize_t length;
    while ((length = recv(mnl_socket_get_fd(socket), answer, sizeof answer, MSG_DONTWAIT)) > 0) {
        int left = (int)length;
        for (struct nlmsghdr *m = (void *)answer; mnl_nlmsg_ok(m, left); m = mnl_nlmsg_next(m, &left))
            if (m->nlmsg_type == NLMSG_ERROR && !problem)
                problem = -((struct nlmsgerr *)mnl_nlmsg_get_payload(m))->error;
    }
    return problem;
}

// ---- the table: one chain, one rule ----

static struct nftnl_expr *expression(struct nftnl_rule *rule, const char *name)
{
    struct nftnl_expr *e = nftnl_expr_alloc(name);
    if (!e)
        die(name);
    nftnl_rule_add_expr(rule, e);
    return e;
}

static void match_register(struct nftnl_rule *rule, const void *data, uint32_t length)
{
    struct nftnl_expr *e = expression(rule, "cmp");
    nftnl_expr_set_u32(e, NFTNL_EXPR_CMP_SREG, NFT_REG_1);
    nftnl_expr_set_u32(e, NFTNL_EXPR_CMP_OP, NFT_CMP_EQ);
    nftnl_expr_set(e, NFTNL_EXPR_CMP_DATA, data, length);
}

static void match_udp_from_port(struct nftnl_rule *rule, uint16_t port)
{
    uint8_t udp = IPPROTO_UDP;
    struct nftnl_expr *e = expression(rule, "meta");
    nftnl_expr_set_u32(e, NFTNL_EXPR_META_KEY, NFT_META_L4PROTO);
    nftnl_expr_set_u32(e, NFTNL_EXPR_META_DREG, NFT_REG_1);
    match_register(rule, &udp, sizeof udp);

    port = htons(port);
    e = expression(rule, "payload");
    nftnl_expr_set_u32(e, NFTNL_EXPR_PAYLOAD_BASE, NFT_PAYLOAD_TRANSPORT_HEADER);
    nftnl_expr_set_u32(e, NFTNL_EXPR_PAYLOAD_OFFSET, 0);
    nftnl_expr_set_u32(e, NFTNL_EXPR_PAYLOAD_LEN, sizeof port);
    nftnl_expr_set_u32(e, NFTNL_EXPR_PAYLOAD_DREG, NFT_REG_1);
    match_register(rule, &port, sizeof port);
}

static void queue_native(struct nftnl_rule *rule, uint16_t queue)
{
    struct nftnl_expr *e = expression(rule, "queue");
    nftnl_expr_set_u16(e, NFTNL_EXPR_QUEUE_NUM, queue);
    nftnl_expr_set_u16(e, NFTNL_EXPR_QUEUE_TOTAL, 1);
    nftnl_expr_set_u16(e, NFTNL_EXPR_QUEUE_FLAGS, NFT_QUEUE_FLAG_BYPASS);
}

// For kernels without CONFIG_NFT_QUEUE: the iptables target, in the same table.
static void queue_compat(struct nftnl_rule *rule, uint16_t queue)
{
    struct xt_NFQ_info_v3 *info = calloc(1, XT_ALIGN(sizeof *info));  // libnftnl keeps it
    if (!info)
        die("calloc");
    info->queuenum = queue;
    info->queues_total = 1;
    info->flags = NFQ_FLAG_BYPASS;
    struct nftnl_expr *e = expression(rule, "target");
    nftnl_expr_set_str(e, NFTNL_EXPR_TG_NAME, "NFQUEUE");
    nftnl_expr_set_u32(e, NFTNL_EXPR_TG_REV, 3);
    nftnl_expr_set(e, NFTNL_EXPR_TG_INFO, info, sizeof *info);
}

static struct nlmsghdr *append(struct mnl_nlmsg_batch *batch, uint16_t type, uint16_t flags, uint32_t number)
{
    return nftnl_nlmsg_build_hdr(mnl_nlmsg_batch_current(batch), type, NFPROTO_INET, flags, number);
}

static void add_table(struct mnl_nlmsg_batch *batch, uint32_t number)
{
    struct nftnl_table *table = nftnl_table_alloc();
    nftnl_table_set_str(table, NFTNL_TABLE_NAME, TABLE);
    nftnl_table_set_u32(table, NFTNL_TABLE_FLAGS, NFT_TABLE_F_OWNER);
    nftnl_table_nlmsg_build_payload(
        append(batch, NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL, number), table);
    mnl_nlmsg_batch_next(batch);
    nftnl_table_free(table);
}

static void add_chain(struct mnl_nlmsg_batch *batch, uint32_t number)
{
    struct nftnl_chain *chain = nftnl_chain_alloc();
    nftnl_chain_set_str(chain, NFTNL_CHAIN_TABLE, TABLE);
    nftnl_chain_set_str(chain, NFTNL_CHAIN_NAME, CHAIN);
    nftnl_chain_set_str(chain, NFTNL_CHAIN_TYPE, "filter");
    nftnl_chain_set_u32(chain, NFTNL_CHAIN_HOOKNUM, NF_INET_LOCAL_IN);
    nftnl_chain_set_s32(chain, NFTNL_CHAIN_PRIO, PRIORITY_MANGLE);
    nftnl_chain_nlmsg_build_payload(append(batch, NFT_MSG_NEWCHAIN, NLM_F_CREATE, number), chain);
    mnl_nlmsg_batch_next(batch);
    nftnl_chain_free(chain);
}

static void add_rule(struct mnl_nlmsg_batch *batch, uint32_t number, uint16_t queue, int native)
{
    struct nftnl_rule *rule = nftnl_rule_alloc();
    nftnl_rule_set_u32(rule, NFTNL_RULE_FAMILY, NFPROTO_INET);
    nftnl_rule_set_str(rule, NFTNL_RULE_TABLE, TABLE);
    nftnl_rule_set_str(rule, NFTNL_RULE_CHAIN, CHAIN);
    match_udp_from_port(rule, DNS_PORT);
    if (native)
        queue_native(rule, queue);
    else
        queue_compat(rule, queue);
    nftnl_rule_nlmsg_build_payload(
        append(batch, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND, number), rule);
    mnl_nlmsg_batch_next(batch);
    nftnl_rule_free(rule);
}

// One atomic batch. Returns 0 or an errno; then nothing is in force.
static int install(struct mnl_socket *socket, uint16_t queue, int native)
{
    char buffer[16384];
    uint32_t number = (uint32_t)time(NULL);
    struct mnl_nlmsg_batch *batch = mnl_nlmsg_batch_start(buffer, sizeof buffer);
    nftnl_batch_begin(mnl_nlmsg_batch_current(batch), number++);
    mnl_nlmsg_batch_next(batch);
    add_table(batch, number++);
    add_chain(batch, number++);
    add_rule(batch, number++, queue, native);
    nftnl_batch_end(mnl_nlmsg_batch_current(batch), number++);
    mnl_nlmsg_batch_next(batch);
    if (mnl_socket_sendto(socket, mnl_nlmsg_batch_head(batch), mnl_nlmsg_batch_size(batch)) < 0)
        die("send table");
    mnl_nlmsg_batch_stop(batch);
    return outcome(socket);
}

// ---- the queue ----

static void bind_queue(struct mnl_socket *socket, uint16_t queue)
{
    char buffer[256];
    struct nlmsghdr *m = nfq_nlmsg_put(buffer, NFQNL_MSG_CONFIG, queue);
    nfq_nlmsg_cfg_put_cmd(m, AF_UNSPEC, NFQNL_CFG_CMD_BIND);
    mnl_socket_sendto(socket, m, m->nlmsg_len);

    uint32_t flags = htonl(NFQA_CFG_F_GSO | NFQA_CFG_F_FAIL_OPEN);
    m = nfq_nlmsg_put(buffer, NFQNL_MSG_CONFIG, queue);
    nfq_nlmsg_cfg_put_params(m, NFQNL_COPY_PACKET, COPY);
    mnl_attr_put_u32(m, NFQA_CFG_QUEUE_MAXLEN, htonl(QUEUE_LENGTH));
    mnl_attr_put_u32(m, NFQA_CFG_FLAGS, flags);
    mnl_attr_put_u32(m, NFQA_CFG_MASK, flags);
    mnl_socket_sendto(socket, m, m->nlmsg_len);
    if ((errno = outcome(socket)))
        die("bind queue");

    int fd = mnl_socket_get_fd(socket), yes = 1, size = RECEIVE_BUFFER;
    struct timeval wake = {.tv_usec = 100000};  // so that SIGTERM is noticed without a race
    setsockopt(fd, SOL_NETLINK, NETLINK_NO_ENOBUFS, &yes, sizeof yes);
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wake, sizeof wake);
}

// The id of a queued packet, or 0 for any other message (ids start at 1).
static uint32_t packet_id(const struct nlmsghdr *message)
{
    struct nlattr *attributes[NFQA_MAX + 1] = {0};
    if (NFNL_MSG_TYPE(message->nlmsg_type) != NFQNL_MSG_PACKET)
        return 0;
    if (nfq_nlmsg_parse(message, attributes) < 0 || !attributes[NFQA_PACKET_HDR])
        return 0;
    struct nfqnl_msg_packet_hdr *header = mnl_attr_get_payload(attributes[NFQA_PACKET_HDR]);
    return ntohl(header->packet_id);
}

// Accepts every packet of the queue up to `last`.
static void accept_up_to(struct mnl_socket *socket, uint16_t queue, uint32_t last)
{
    char buffer[256];
    struct nlmsghdr *m = nfq_nlmsg_put(buffer, NFQNL_MSG_VERDICT_BATCH, queue);
    nfq_nlmsg_verdict_put(m, (int)last, NF_ACCEPT);
    mnl_socket_sendto(socket, m, m->nlmsg_len);
}

static unsigned long run(struct mnl_socket *socket, uint16_t queue)
{
    static char buffers[BATCH][MESSAGE];
    struct iovec vectors[BATCH];
    struct mmsghdr messages[BATCH];
    unsigned long accepted = 0;
    memset(messages, 0, sizeof messages);
    for (int i = 0; i < BATCH; i++) {
        vectors[i] = (struct iovec){buffers[i], MESSAGE};
        messages[i].msg_hdr = (struct msghdr){.msg_iov = &vectors[i], .msg_iovlen = 1};
    }
    while (!stopping) {
        int count = recvmmsg(mnl_socket_get_fd(socket), messages, BATCH, MSG_WAITFORONE, NULL);
        uint32_t last = 0;
        for (int i = 0; i < count; i++) {
            uint32_t id = packet_id((struct nlmsghdr *)buffers[i]);
            if (id) {
                last = id;
                accepted++;
            }
        }
        if (last)
            accept_up_to(socket, queue, last);
    }
    return accepted;
}

int main(int argc, char **argv)
{
    uint16_t queue = argc > 1 ? (uint16_t)atoi(argv[1]) : 0;
    struct sigaction action = {.sa_handler = stop};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);

    struct mnl_socket *packets = open_netlink(), *table = open_netlink();
    bind_queue(packets, queue);
    int native = 1, problem = install(table, queue, native);
    if (problem == ENOENT) {
        native = 0;
        problem = install(table, queue, native);
    }
    if ((errno = problem))
        die("table " TABLE);
    printf("ready %s\n", native ? "native" : "compat");
    fflush(stdout);
    printf("accepted %lu\n", run(packets, queue));
    return 0;
}
