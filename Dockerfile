# The server and its page, and nothing else. First: cargo xtask program --static
#
#     docker build --tag bufferevent-lab .       (on ARM with --build-arg TARGET=aarch64-unknown-linux-musl)
#     docker run --rm --publish 127.0.0.1:5555:5555 --publish 127.0.0.1:8080:8080 bufferevent-lab
#
# Without a daemon, such as where Docker cannot run (Debian and Ubuntu: `buildah`):
#
#     buildah --storage-driver vfs bud --isolation chroot --tag bufferevent-lab .
#     buildah --storage-driver vfs run --isolation chroot $(buildah --storage-driver vfs from bufferevent-lab) -- /bufferevent-server
FROM scratch
ARG TARGET=x86_64-unknown-linux-musl
COPY target/${TARGET}/program/bufferevent-server /bufferevent-server
USER 65534:65534
EXPOSE 5555 8080
ENTRYPOINT ["/bufferevent-server", "--listen", "0.0.0.0:5555", "--http", "0.0.0.0:8080"]
