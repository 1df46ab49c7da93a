package io.coppice.supervisor.os;

import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The C library's functions as bound by jnr-ffi. Strings are passed as pointers to zero-terminated bytes made by {@link
 * NativeStrings}, since jnr-ffi would copy them per call in the JVM's default charset, which is ASCII in the C locale.
 * No call here takes more than five arguments on a hot path: with six, jnr-ffi allocates.
 *
 * <p>Nested and public: jnr-ffi implements it from a class loader of its own, which
 * a package-private interface would refuse, and the class around it keeps it out of the package's surface.
 */
final class LibC {
    private LibC() {}

    /** The functions, named and typed as in C. */
    public interface Functions {
        int open(Pointer path, int flags, int mode);

        int close(int fd);

        long read(int fd, Pointer buffer, long count);

        long write(int fd, Pointer buffer, long count);

        long send(int fd, Pointer buffer, long count, int flags);

        int fcntl(int fd, int command, long argument);

        int fcntl(int fd, int command, Pointer argument);

        int pipe2(Pointer fds, int flags);

        int poll(Pointer fds, long count, int timeoutMs);

        int access(Pointer path, int mode);

        int fchmod(int fd, int mode);

        int fchown(int fd, int owner, int group);

        int chmod(Pointer path, int mode);

        int lchown(Pointer path, int owner, int group);

        long lgetxattr(Pointer path, Pointer name, @Nullable Pointer value, long size);

        int lsetxattr(Pointer path, Pointer name, Pointer value, long size, int flags);

        int lremovexattr(Pointer path, Pointer name);

        int ftruncate(int fd, long length);

        int unlink(Pointer path);

        int posix_fallocate(int fd, long offset, long length);

        int stat(Pointer path, Pointer result);

        int fstat(int fd, Pointer result);

        int inotify_init1(int flags);

        int inotify_add_watch(int fd, Pointer path, int mask);

        int statvfs(Pointer path, Pointer result);

        Pointer mmap(@Nullable Pointer address, long length, int protection, int flags, int fd, long offset);

        int munmap(Pointer address, long length);

        int madvise(Pointer address, long length, int advice);

        int epoll_create1(int flags);

        int epoll_ctl(int epollFd, int operation, int fd, Pointer event);

        int epoll_wait(int epollFd, Pointer events, int capacity, int timeoutMs);

        int eventfd(int initial, int flags);

        int clock_gettime(int clock, Pointer result);

        int timerfd_create(int clock, int flags);

        int timerfd_settime(int fd, int flags, Pointer value, @Nullable Pointer oldValue);

        int waitid(int idType, int id, Pointer info, int options);

        int geteuid();

        int prctl(int option, long first, long second, long third, long fourth);

        int socket(int domain, int type, int protocol);

        int bind(int fd, Pointer address, int addressLength);

        int listen(int fd, int backlog);

        int connect(int fd, Pointer address, int addressLength);

        int shutdown(int fd, int how);

        int setsockopt(int fd, int level, int option, Pointer value, int valueLength);

        int accept4(int fd, @Nullable Pointer address, @Nullable Pointer addressLength, int flags);

        int getsockopt(int fd, int level, int option, Pointer value, Pointer valueLength);

        int posix_spawnattr_init(Pointer attributes);

        int posix_spawnattr_setflags(Pointer attributes, short flags);

        int posix_spawnattr_setsigmask(Pointer attributes, Pointer set);

        int posix_spawnattr_setsigdefault(Pointer attributes, Pointer set);

        int posix_spawn_file_actions_init(Pointer actions);

        int posix_spawn_file_actions_destroy(Pointer actions);

        int posix_spawn_file_actions_addopen(Pointer actions, int fd, Pointer path, int flags, int mode);

        int posix_spawn_file_actions_adddup2(Pointer actions, int fd, int newFd);

        int posix_spawn_file_actions_addclosefrom_np(Pointer actions, int fromFd);

        int posix_spawn_file_actions_addchdir_np(Pointer actions, Pointer path);

        int posix_spawnp(Pointer pid, Pointer file, Pointer actions, Pointer attributes, Pointer argv, Pointer envp);
    }
}
