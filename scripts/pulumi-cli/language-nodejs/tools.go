//go:build tools

// Package tools pins, by this module's go.mod and go.sum, the program that scripts/setup/pulumi-cli.mjs builds.
// `go install github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs@…` is no way to it: its module has replace directives, which go install refuses.
package tools

import _ "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs"
