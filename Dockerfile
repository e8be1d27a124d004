# One image, one executable; the command chooses the role (serve, work, migrate, …).
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY Cargo.toml Cargo.lock build.rs .clippy.toml ./
COPY src src
COPY migrations migrations
COPY templates templates
COPY static static
COPY benches benches
COPY tests tests
RUN cargo build --release --locked --bin akashi

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --user-group --home-dir /var/lib/akashi --create-home akashi
COPY --from=build /src/target/release/akashi /usr/local/bin/akashi
USER akashi
WORKDIR /var/lib/akashi
EXPOSE 8080 9100
ENTRYPOINT ["akashi"]
CMD ["serve"]
