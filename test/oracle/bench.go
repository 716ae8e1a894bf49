package main

import (
	"strings"
	"text/template"
	"time"
)

// timing answers a benchmark request: nanoseconds of one operation each, and what the template gives.
type timing struct {
	Output    string  `json:"output"`
	Error     string  `json:"error,omitempty"`
	ExecuteNs float64 `json:"executeNs"`
	ColdNs    float64 `json:"coldNs"`
}

// benchmark measures executing a parsed template, and parsing and executing together, each for the
// time that the case asks for. The data is decoded once, so its template must not change it. To parse
// is also to copy Sprig's functions into the template, as Go's programs do.
func benchmark(c testCase) timing {
	functions := functionsOf(c)
	data, err := decode(c)
	if err != nil {
		return timing{Error: err.Error()}
	}
	parse := func() (*template.Template, error) {
		return template.New("").Funcs(functions).Parse(c.Template)
	}
	execute := func(t *template.Template) (string, error) {
		var text strings.Builder
		err := t.Execute(&text, data)
		return text.String(), err
	}
	parsed, err := parse()
	if err != nil {
		return timing{Error: err.Error()}
	}
	output, err := execute(parsed)
	if err != nil {
		return timing{Error: err.Error()}
	}
	each := time.Duration(c.BenchSeconds * float64(time.Second))
	return timing{
		Output:    output,
		ExecuteNs: measure(each, func() { execute(parsed) }),
		ColdNs: measure(each, func() {
			if t, err := parse(); err == nil {
				execute(t)
			}
		}),
	}
}

// measure gives the mean time of one call in nanoseconds, over calls for at least the time given.
func measure(atLeast time.Duration, call func()) float64 {
	start := time.Now()
	calls := 0
	for batch := 1; ; batch = min(2*batch, 64) {
		for range batch {
			call()
		}
		calls += batch
		if spent := time.Since(start); spent >= atLeast {
			return float64(spent.Nanoseconds()) / float64(calls)
		}
	}
}
