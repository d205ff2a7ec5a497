// probe: asks DNS questions at a steady rate and says, for each, when it was asked and answered.
//
//     probe SERVER RATE COUNT QUERIES GRACE
//
// SERVER: an IPv4 address (port 53). RATE: queries a second. COUNT: at most 65536, so that a query's
// ID is its number. QUERIES: a file with `name type` lines as dnsperf reads it (A and AAAA), used in
// turn. GRACE: seconds to wait for answers after the last query.
//
// One line a query on stdout, times in ns of CLOCK_MONOTONIC (the one of Python's time.monotonic_ns):
//
//     asked answered hold rcode answers          or          asked lost
//
// `hold` is the time from the kernel's receive timestamp (SO_TIMESTAMPNS: taken when the answer enters
// the host, *before* the netfilter hooks) to our having read it: all that an agent on the input hook
// adds, without the time the server took. `answered` is taken here, after the read: the kernel's
// timestamp would not see a delay made in the hook.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define MOST 65536
#define NAMES 16384
#define BUFFER (16 << 20)
#define SECOND 1000000000LL

struct question {
    uint8_t wire[300];
    size_t length;
};
struct reply {
    int64_t asked, answered, hold;
    int rcode, answers;
};

static struct question questions[NAMES];
static struct reply replies[MOST];
static int kinds, count, fd;
static double rate;
static atomic_llong finished;  // when the last query was sent, or 0

static void die(const char *what)
{
    fprintf(stderr, "probe: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * SECOND + t.tv_nsec;
}

// Header (RD set, one question), name, type, class IN.
static void encode(struct question *q, const char *name, const char *type)
{
    uint8_t *w = q->wire, *length;
    memcpy(w, "\0\0\1\0\0\1\0\0\0\0\0\0", 12);
    w += 12;
    for (length = w++; *name; name++) {
        if (*name == '.') {
            *length = (uint8_t)(w - length - 1);
            length = w++;
        } else {
            *w++ = (uint8_t)*name;
        }
    }
    *length = (uint8_t)(w - length - 1);
    if (*length)  // the name had no final dot
        *w++ = 0;
    *w++ = 0;
    *w++ = strcmp(type, "AAAA") ? 1 : 28;
    *w++ = 0;
    *w++ = 1;
    q->length = (size_t)(w - q->wire);
}

static void load(const char *path)
{
    char name[256], type[16];
    FILE *file = fopen(path, "r");
    if (!file)
        die(path);
    while (kinds < NAMES && fscanf(file, "%255s %15s", name, type) == 2)
        encode(&questions[kinds++], name, type);
    fclose(file);
    if (!kinds) {
        errno = EINVAL;
        die(path);
    }
}

static void open_socket(const char *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(53)};
    int yes = 1, size = BUFFER;
    struct timeval wake = {.tv_usec = 20000};
    if (inet_pton(AF_INET, server, &address.sin_addr) != 1) {
        errno = EINVAL;
        die(server);
    }
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (void *)&address, sizeof address) < 0)
        die("socket");
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wake, sizeof wake);
    if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof yes) < 0)
        die("SO_TIMESTAMPNS");
}

static int64_t stamp(struct msghdr *message)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
            struct timespec t;
            memcpy(&t, CMSG_DATA(c), sizeof t);
            return t.tv_sec * SECOND + t.tv_nsec;
        }
    return 0;
}

// The kernel starts to stamp packets some time after the first socket asks for it (a work queue), and
// until then stamps them when they are read, which looks like no delay at all. So: let a datagram to
// ourselves lie for 5 ms, and see whether its stamp knows.
static void await_stamps(void)
{
    struct sockaddr_in self = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof self;
    int yes = 1, own = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (own < 0 || bind(own, (void *)&self, size) < 0 || getsockname(own, (void *)&self, &size) < 0
        || connect(own, (void *)&self, size) < 0
        || setsockopt(own, SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof yes) < 0)
        die("own socket");
    for (int tries = 0; tries < 400; tries++) {
        char byte = 0, control[256];
        struct iovec vector = {&byte, 1};
        struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control,
                                 .msg_controllen = sizeof control};
        struct timespec rest = {0, 5000000};
        if (send(own, &byte, 1, 0) < 0)
            die("own socket");
        nanosleep(&rest, NULL);
        if (recvmsg(own, &message, 0) >= 0 && now(CLOCK_REALTIME) - stamp(&message) > 4000000) {
            close(own);
            return;
        }
    }
    errno = ETIMEDOUT;
    die("receive timestamps");
}

static void *ask(void *unused)
{
    int64_t start = now(CLOCK_MONOTONIC);
    prctl(PR_SET_TIMERSLACK, 1UL);
    for (int i = 0; i < count; i++) {
        struct question *q = &questions[i % kinds];
        int64_t due = start + (int64_t)(i * (double)SECOND / rate);
        struct timespec wake = {due / SECOND, due % SECOND};
        if (due > now(CLOCK_MONOTONIC))
            clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &wake, NULL);
        q->wire[0] = (uint8_t)(i >> 8);
        q->wire[1] = (uint8_t)i;
        replies[i].asked = now(CLOCK_MONOTONIC);
        if (send(fd, q->wire, q->length, 0) < 0)
            die("send");
    }
    atomic_store(&finished, now(CLOCK_MONOTONIC));
    return unused;
}

// Reads one answer, or waits 20 ms for one. Returns how many were new: 0 or 1.
static int hear(void)
{
    uint8_t answer[4096];
    char control[256];
    struct iovec vector = {answer, sizeof answer};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control,
                             .msg_controllen = sizeof control};
    ssize_t length = recvmsg(fd, &message, 0);
    int64_t wall = now(CLOCK_REALTIME), time = now(CLOCK_MONOTONIC);
    if (length < 12)
        return 0;
    int number = answer[0] << 8 | answer[1];
    struct reply *r = &replies[number];
    if (number >= count || r->answered)
        return 0;
    r->answered = time;
    r->hold = wall - stamp(&message);
    r->rcode = answer[3] & 15;
    r->answers = answer[6] << 8 | answer[7];
    return 1;
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fprintf(stderr, "usage: probe SERVER RATE COUNT QUERIES GRACE\n");
        return 2;
    }
    rate = atof(argv[2]);
    count = atoi(argv[3]);
    int64_t grace = (int64_t)(atof(argv[5]) * SECOND);
    if (rate <= 0 || count < 1 || count > MOST) {
        fprintf(stderr, "probe: RATE above 0, COUNT 1 to %d\n", MOST);
        return 2;
    }
    load(argv[4]);
    open_socket(argv[1]);
    await_stamps();

    // The instrument must not be late itself. Only the reader, as it sleeps most of the time; where
    // that is not allowed (a user namespace) it measures with everybody else's priority.
    pthread_t asker;
    if ((errno = pthread_create(&asker, NULL, ask, NULL)))
        die("thread");
    pthread_setschedparam(pthread_self(), SCHED_FIFO, &(struct sched_param){.sched_priority = 1});
    for (int heard = 0; heard < count;) {
        heard += hear();
        int64_t end = atomic_load(&finished);
        if (end && now(CLOCK_MONOTONIC) > end + grace)
            break;
    }
    pthread_join(asker, NULL);
    for (int i = 0; i < count; i++) {
        struct reply *r = &replies[i];
        if (r->answered)
            printf("%lld %lld %lld %d %d\n", (long long)r->asked, (long long)r->answered,
                   (long long)r->hold, r->rcode, r->answers);
        else
            printf("%lld lost\n", (long long)r->asked);
    }
    return 0;
}
