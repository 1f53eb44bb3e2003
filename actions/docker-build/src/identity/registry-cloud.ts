/** A registry that a cloud runs, and what of it decides where its password is asked for. */
export type CloudRegistry =
  | {
      readonly cloud: 'aws';
      /** The registry that is open to all has an interface of its own. */
      readonly service: 'ecr' | 'ecr-public';
      readonly region: string;
      /** What the names of the partition's services end in, `amazonaws.com`. */
      readonly suffix: string;
      readonly fips: boolean;
    }
  | { readonly cloud: 'google' }
  | { readonly cloud: 'azure' /** Where its directory hands out tokens. */; readonly authority: string };

/** The names that end a registry's in a partition of AWS → those that end its services'. */
const AWS_SUFFIXES: Readonly<Record<string, string>> = {
  'amazonaws.com': 'amazonaws.com',
  'amazonaws.com.cn': 'amazonaws.com.cn',
  'amazonaws.eu': 'amazonaws.eu',
  'on.aws': 'amazonaws.com',
  'on.amazonwebservices.com.cn': 'amazonaws.com.cn',
};

const AZURE_AUTHORITIES: Readonly<Record<string, string>> = {
  io: 'login.microsoftonline.com',
  cn: 'login.partner.microsoftonline.cn',
  us: 'login.microsoftonline.us',
};

/**
 * Whose registry it is, by its name; undefined for any other. The whole name has to fit: what is handed to it is worth a login.
 * Sources: awslabs/amazon-ecr-credential-helper, ecr-login/api/client.go; Google's docs, "Artifact Registry locations"
 * and "Container Registry"; Azure's docs, "Container Registry endpoints".
 */
export function cloudOf(registry: string): CloudRegistry | undefined {
  if (registry === 'public.ecr.aws') {
    return {
      cloud: 'aws',
      service: 'ecr-public',
      region: 'us-east-1',
      suffix: 'amazonaws.com',
      fips: false,
    };
  }
  const [, fips, region = '', ending = ''] =
    /^\d{12}\.dkr[.-]ecr(-fips)?\.([a-z0-9][a-z0-9-]*)\.([a-z.]+)$/.exec(registry) ?? [];
  const suffix = AWS_SUFFIXES[ending];
  if (suffix !== undefined) {
    return { cloud: 'aws', service: 'ecr', region, suffix, fips: fips !== undefined };
  }
  if (/^(?:[a-z0-9-]+-docker\.pkg\.dev|(?:[a-z]+\.)?gcr\.io)$/.test(registry)) return { cloud: 'google' };
  const authority = AZURE_AUTHORITIES[/^[a-z0-9-]+\.azurecr\.(io|cn|us)$/.exec(registry)?.[1] ?? ''];
  return authority === undefined ? undefined : { cloud: 'azure', authority };
}
