import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Makes the provider that was built here installable: a filesystem mirror (Terraform docs: "CLI configuration",
 * provider_installation) for that one provider; every other still comes from its registry.
 *
 * @returns the environment that leads Terraform to it
 */
export async function layTerraformMirror(
  provider: { readonly source: string; readonly version: string; readonly program: string },
  folder: string,
): Promise<Record<string, string>> {
  const mirror = join(folder, 'providers');
  const [, name = ''] = provider.source.split('/');
  const place = join(mirror, 'registry.terraform.io', provider.source, provider.version, 'linux_amd64');
  await mkdir(place, { recursive: true });
  await copyFile(provider.program, join(place, `terraform-provider-${name}_v${provider.version}`));
  const configuration = join(folder, 'terraform.tfrc');
  const own = [`registry.terraform.io/${provider.source}`];
  await writeFile(
    configuration,
    [
      'disable_checkpoint = true',
      'provider_installation {',
      `  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n    include = ${JSON.stringify(own)}\n  }`,
      `  direct {\n    exclude = ${JSON.stringify(own)}\n  }`,
      '}',
      '',
    ].join('\n'),
  );
  return { TF_CLI_CONFIG_FILE: configuration };
}
