/*
 * What `coppice bench recovery` compares with: a supervisor in C that forks itself. It maps the state, and each child goes on in that
 * mapping: nothing is loaded, opened or mapped between a death and the successor's first step.
 *
 *   fork FILE BYTES
 *
 * FILE begins with two words: the pid of the child, and the commit, which is the child's number (1 the first) in the upper 32 bits and
 * how many steps of it are committed in the lower ones. A step changes one word of the state, then stores the commit with release. As
 * the daemon it is compared with, a child reads a word of each page in the 64 steps after its first one, and pauses 1 ms after each of
 * these, 10 ms after later ones. A child ends when standard input does, and the supervisor with it.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, TOUCHING_STEPS = 64, SOON_MS = 1, LATER_MS = 10 };

static volatile uint64_t *words;
static size_t pages;

static int fail(const char *what) {
    perror(what);
    return 1;
}

static void child(uint64_t number) {
    struct pollfd hold = {.fd = 0, .events = POLLIN};
    uint64_t steps = 0;
    uint64_t seen = 0;
    size_t pages_a_step = pages / TOUCHING_STEPS;
    words[0] = (uint64_t)getpid();
    __atomic_store_n(&words[1], number << 32, __ATOMIC_RELEASE);
    for (;;) {
        words[(1 + steps % pages) * (PAGE / sizeof *words)]++;
        if (steps > 0 && steps <= TOUCHING_STEPS) {
            for (size_t i = (steps - 1) * pages_a_step; i < steps * pages_a_step; i++) {
                seen += words[(1 + i) * (PAGE / sizeof *words)];
            }
        }
        steps++;
        __atomic_store_n(&words[1], number << 32 | (steps & UINT32_MAX), __ATOMIC_RELEASE);
        if (poll(&hold, 1, steps <= TOUCHING_STEPS ? SOON_MS : LATER_MS) > 0) {
            _exit(0);
        }
    }
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fputs("usage: fork FILE BYTES\n", stderr);
        return 2;
    }
    size_t bytes = strtoull(argv[2], NULL, 10);
    int file = open(argv[1], O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) {
        return fail(argv[1]);
    }
    errno = posix_fallocate(file, 0, (off_t)(bytes + PAGE));
    if (errno != 0) {
        return fail(argv[1]);
    }
    words = mmap(NULL, bytes + PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (words == MAP_FAILED) {
        return fail("mmap");
    }
    pages = bytes / PAGE;
    for (size_t i = 0; i < pages; i++) {
        words[(1 + i) * (PAGE / sizeof *words)] = 1;
    }
    for (uint64_t number = 1;; number++) {
        pid_t pid = fork();
        if (pid < 0) {
            return fail("fork");
        }
        if (pid == 0) {
            child(number);
        }
        int status;
        if (waitpid(pid, &status, 0) < 0) {
            return fail("waitpid");
        }
        if (WIFEXITED(status)) {
            return WEXITSTATUS(status);
        }
    }
}
