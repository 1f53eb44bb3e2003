import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A module that needs no provider: two things, one of which is replaced when `size` changes. */
export const MODULE = `
variable "size" { default = 1 }
variable "password" {
  type      = string
  default   = "correct-horse-battery"
  sensitive = true
}
resource "terraform_data" "kept" { input = { size = var.size, password = var.password } }
resource "terraform_data" "replaced" { triggers_replace = [var.size] }
output "size" { value = var.size }
output "password" {
  value     = var.password
  sensitive = true
}
`;

/** A workspace with files, removed by `remove`. */
export async function workspaceWith(files: Readonly<Record<string, string>>) {
  const path = await mkdtemp(join(tmpdir(), 'fairway-terraform-'));
  for (const [name, content] of Object.entries(files)) await writeFile(join(path, name), content);
  return {
    path,
    write: (name: string, content: string) => writeFile(join(path, name), content),
    copyTo: (other: string) => cp(path, other, { recursive: true }),
    remove: () => rm(path, { recursive: true, force: true }),
  };
}
