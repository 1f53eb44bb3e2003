import type { Project } from './project.js';
import { cannot, NEVER, type Proposal, portGuess } from './proposal.js';

export function proposeRust(project: Project): Proposal {
  const manifest = project.read('Cargo.toml');
  const program =
    /\[\[bin\]\][^[]*?\bname\s*=\s*"([\w-]+)"/.exec(manifest)?.[1] ??
    /\[package\][^[]*?\bname\s*=\s*"([\w-]+)"/.exec(manifest)?.[1];
  if (program === undefined)
    throw cannot(
      'Cargo.toml names no package: of a workspace it is not known which program the image is for.',
    );
  if (!project.has('src/main.rs') && !/\[\[bin\]\]/.test(manifest))
    throw cannot('this crate is a library: there is no src/main.rs.');
  const toolchain = /(?:channel\s*=\s*"|^)(1\.\d+(?:\.\d+)?)/m.exec(
    project.read('rust-toolchain.toml') || project.read('rust-toolchain'),
  )?.[1];
  const locked = project.has('Cargo.lock');
  const port = /["':](?:0\.0\.0\.0)?:(\d{2,5})["']/.exec(project.read('src/main.rs'))?.[1];
  return {
    language: 'Rust',
    bases: [
      // Of the same release of Debian as the other: the program is linked with its C library.
      { argument: 'BUILD_IMAGE', image: 'docker.io/library/rust', tag: `${toolchain ?? '1'}-slim-bookworm` },
      { argument: 'RUNTIME_IMAGE', image: 'gcr.io/distroless/cc-debian12', tag: 'nonroot' },
    ],
    lines: [
      'FROM ${BUILD_IMAGE} AS build',
      'WORKDIR /src',
      'COPY . .',
      '# The caches hold what is compiled, so that a change compiles only what it touches.',
      'RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \\',
      `    cargo build --release${locked ? ' --locked' : ''} --bin ${program} && cp target/release/${program} /app`,
      '',
      'FROM ${RUNTIME_IMAGE}',
      'COPY --from=build /app /app',
      "# distroless's user, by number: Kubernetes can tell then that it is not root.",
      'USER 65532:65532',
      ...(port === undefined ? [] : [`EXPOSE ${port}`]),
      'ENTRYPOINT ["/app"]',
    ],
    ignore: [...NEVER, 'target'],
    guesses: [
      toolchain
        ? `Rust ${toolchain}, as the repository's toolchain file says.`
        : 'The newest Rust 1.x: no toolchain file names another.',
      `The program is ${program}.`,
      locked
        ? 'Crates are those of Cargo.lock.'
        : 'There is no Cargo.lock, so that two builds may take different crates: commit it.',
      'It links with no C library but the system’s own (no OpenSSL, say).',
      portGuess(port === undefined ? undefined : Number(port)),
    ],
  };
}
