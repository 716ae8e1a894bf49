// The oracle: Go's text/template with Sprig, as the released Score programs are built with it.
//
// Reads one case a line on stdin (JSON, the fields of test/vectors/gotemplate/README.md) and writes
// one outcome a line on stdout, in the same order. `runs` repeats a case with fresh data: outcomes
// that differ (map order, random bytes, the clock) are reported as unstable.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"text/template"
	"time"
	"unicode/utf8"

	"github.com/Masterminds/sprig/v3"
)

// caseTimeout ends the process: a goroutine that does not end cannot be stopped otherwise.
const caseTimeout = 10 * time.Second

type testCase struct {
	Template string `json:"template"`
	Data     string `json:"data"`
	Decoder  string `json:"decoder"`
	Platform string `json:"platform"`
	Runs     int    `json:"runs"`
	// BenchSeconds asks for a timing instead of an outcome.
	BenchSeconds float64 `json:"benchSeconds"`
}

type outcome struct {
	Output       *string `json:"output,omitempty"`
	OutputBase64 []byte  `json:"outputBase64,omitempty"`
	Error        string  `json:"error,omitempty"`
	ErrorStage   string  `json:"errorStage,omitempty"`
	Unstable     bool    `json:"unstable,omitempty"`
}

// maxStack is enough for what ends, and soon reached by what walks a cycle.
const maxStack = 16 << 20

func main() {
	debug.SetMaxStack(maxStack)
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		answer, err := json.Marshal(answerOf(line))
		if err != nil {
			fail(err)
		}
		// At once: a case that ends this process must not take the answers before it along.
		os.Stdout.Write(append(answer, '\n'))
	}
}

func answerOf(line []byte) any {
	var c testCase
	if err := json.Unmarshal(line, &c); err != nil {
		fail(err)
	}
	if c.BenchSeconds > 0 {
		return benchmark(c)
	}
	done := make(chan any, 1)
	go func() { done <- outcomeOf(c) }()
	select {
	case answer := <-done:
		return answer
	case <-time.After(caseTimeout):
		fail(fmt.Errorf("no outcome after %s: %s", caseTimeout, line))
		return nil
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "oracle:", err)
	os.Exit(1)
}

func outcomeOf(c testCase) outcome {
	first := run(c)
	for range c.Runs - 1 {
		if again := run(c); !same(first, again) {
			return outcome{Unstable: true}
		}
	}
	return first
}

func same(a, b outcome) bool {
	if (a.Output == nil) != (b.Output == nil) || a.Output != nil && *a.Output != *b.Output {
		return false
	}
	return string(a.OutputBase64) == string(b.OutputBase64) && a.Error == b.Error
}

// run parses and executes the case. A panic that text/template lets through is an error, too.
func run(c testCase) (result outcome) {
	stage := "parse"
	defer func() {
		if r := recover(); r != nil {
			result = outcome{Error: fmt.Sprint("panic: ", r), ErrorStage: stage}
		}
	}()
	t, err := template.New("").Funcs(functionsOf(c)).Parse(c.Template)
	if err != nil {
		return outcome{Error: err.Error(), ErrorStage: stage}
	}
	data, err := decode(c)
	if err != nil {
		return outcome{Error: err.Error(), ErrorStage: "data"}
	}
	stage = "exec"
	var text strings.Builder
	if err := t.Execute(&text, data); err != nil {
		return outcome{Error: err.Error(), ErrorStage: stage}
	}
	output := text.String()
	if !utf8.ValidString(output) {
		return outcome{OutputBase64: []byte(output)}
	}
	return outcome{Output: &output}
}

func functionsOf(c testCase) template.FuncMap {
	functions := sprig.FuncMap()
	if c.Platform == "k8s" {
		functions["encodeSecretRef"] = func(secret, key string) string {
			return "🔐💬" + secret + "_" + key + "💬🔐"
		}
	}
	return functions
}
