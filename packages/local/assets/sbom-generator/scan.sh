# Makes SBOMs for BuildKit with syft, by BuildKit's SBOM scanning protocol (moby/buildkit, docs/attestations/sbom-protocol.md):
# a root folder to describe comes in BUILDKIT_SCAN_SOURCE, more of them below BUILDKIT_SCAN_SOURCE_EXTRAS, and for each an
# in-toto statement is left in BUILDKIT_SCAN_DESTINATION. BuildKit itself says which image the statement is about.
set -eu

describe() {
  name=${1##*/}
  # As an image would be read, and not as a source folder: what is installed, not what a lock file asks for.
  syft scan "dir:$1" --quiet --override-default-catalogers image --source-name "$name" --output "spdx-json=/tmp/$name.json"
  {
    printf '{"_type":"https://in-toto.io/Statement/v0.1","predicateType":"https://spdx.dev/Document","predicate":'
    cat "/tmp/$name.json"
    printf '}\n'
  } > "$BUILDKIT_SCAN_DESTINATION/$name.spdx.json"
}

describe "$BUILDKIT_SCAN_SOURCE"
for extra in "${BUILDKIT_SCAN_SOURCE_EXTRAS:-/none}"/*; do
  if [ -d "$extra" ]; then describe "$extra"; fi
done
