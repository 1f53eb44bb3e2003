import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a step in an image without a shell can run: `print FILE`, `clock FILE` (writes what never comes again), `fail TEXT` (exit code 3), `whoami`, `idle`, `serve PORT PATH STATUS` (404 for any other path); and `scan`, which lists the image's files as BuildKit's scanner protocol wants it (docs/attestations/sbom-protocol.md). */
const SOURCE = `
#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
static int scan(void) {
  char path[4096];
  snprintf(path, sizeof path, "%s/files.spdx.json", getenv("BUILDKIT_SCAN_DESTINATION"));
  DIR *source = opendir(getenv("BUILDKIT_SCAN_SOURCE"));
  FILE *file = fopen(path, "w");
  if (!source || !file) return 4;
  fputs("{\\"_type\\":\\"https://in-toto.io/Statement/v0.1\\",\\"predicateType\\":\\"https://spdx.dev/Document\\",", file);
  fputs("\\"predicate\\":{\\"spdxVersion\\":\\"SPDX-2.3\\",\\"files\\":[", file);
  const char *comma = "";
  for (struct dirent *entry; (entry = readdir(source)) != NULL;) {
    if (entry->d_name[0] == '.') continue;
    fprintf(file, "%s{\\"fileName\\":\\"/%s\\"}", comma, entry->d_name);
    comma = ",";
  }
  fputs("]}}\\n", file);
  return fclose(file);
}
static int serve(const char *port, const char *path, const char *status) {
  int one = 1, server = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
  const char *host = getenv("HOST");
  inet_aton(host ? host : "0.0.0.0", &address.sin_addr);
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(server, (struct sockaddr *)&address, sizeof address) || listen(server, 8)) { perror("listen"); return 5; }
  char folder[4096], request[4096], wanted[4096];
  printf("uid=%d folder=%s GREETING=%s\\n", (int)getuid(), getcwd(folder, sizeof folder), getenv("GREETING"));
  fflush(stdout);
  snprintf(wanted, sizeof wanted, "GET %s HTTP/1.", path);
  for (;;) {
    int client = accept(server, NULL, NULL);
    ssize_t length = read(client, request, sizeof request - 1);
    request[length < 0 ? 0 : length] = 0;
    int found = !strncmp(request, wanted, strlen(wanted));
    dprintf(client, "HTTP/1.1 %s There\\r\\nLocation: https://elsewhere.invalid/\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n", found ? status : "404");
    close(client);
  }
}
int main(int argc, char **argv) {
  if (argc > 1 && !strcmp(argv[1], "scan")) return scan();
  if (argc > 1 && !strcmp(argv[1], "whoami")) { printf("uid=%d\\n", (int)getuid()); return 0; }
  if (argc > 1 && !strcmp(argv[1], "idle")) { puts("thinking"); fflush(stdout); for (;;) pause(); }
  if (argc > 4 && !strcmp(argv[1], "serve")) return serve(argv[2], argv[3], argv[4]);
  if (argc < 3) return 2;
  if (!strcmp(argv[1], "print")) {
    FILE *file = fopen(argv[2], "r");
    if (!file) return 4;
    for (int c; (c = fgetc(file)) != EOF;) putchar(c);
    putchar('\\n');
    return 0;
  }
  if (!strcmp(argv[1], "clock")) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    FILE *file = fopen(argv[2], "w");
    if (!file) return 4;
    fprintf(file, "%ld.%ld\\n", (long)now.tv_sec, now.tv_nsec);
    return 0;
  }
  puts(argv[2]);
  return strcmp(argv[1], "fail") ? 0 : 3;
}
`;

let built: Buffer | undefined;

/** Puts the program, statically linked by the machine's C compiler, at `path`. */
export async function placeStaticProgram(path: string): Promise<void> {
  built ??= compile();
  await writeFile(path, built, { mode: 0o755 });
}

function compile(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'static-program-'));
  try {
    writeFileSync(join(folder, 'tool.c'), SOURCE);
    execFileSync('cc', ['-static', '-Os', '-s', '-o', 'tool', 'tool.c'], { cwd: folder });
    return readFileSync(join(folder, 'tool'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
