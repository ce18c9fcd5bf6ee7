// SPDX-License-Identifier: Apache-2.0

// Referrers is a registry on loopback that lists referrers itself, and keeps
// everything in memory. It takes a port that is free, and writes HOST:PORT
// into the file that its argument names.
package main

import (
	"bytes"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/google/go-containerregistry/pkg/registry"
)

// The answer to a manifest with a subject names it: that tells clients that
// they need no tag for referrers. The package leaves it to its users.
func namesSubjects(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "PUT" && strings.Contains(r.URL.Path, "/manifests/") {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			var manifest struct {
				Subject struct{ Digest string }
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			if json.Unmarshal(body, &manifest) == nil &&
				manifest.Subject.Digest != "" {
				w.Header().Set("OCI-Subject", manifest.Subject.Digest)
			}
		}
		next.ServeHTTP(w, r)
	})
}

func serve(file string) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	name := []byte(listener.Addr().String())
	if err := os.WriteFile(file+".new", name, 0o644); err != nil {
		return err
	}
	if err := os.Rename(file+".new", file); err != nil {
		return err
	}
	return http.Serve(listener, namesSubjects(registry.New(
		registry.WithReferrersSupport(true),
		registry.Logger(log.New(io.Discard, "", 0)))))
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: referrers FILE")
	}
	log.Fatal(serve(os.Args[1]))
}
