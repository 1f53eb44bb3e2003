// Rekor 2 over a folder of files, under a name of its own: its package is called as the file system is.
package main

import "github.com/sigstore/rekor-tiles/v2/cmd/rekor-server/posix/app"

func main() {
	app.Execute()
}
