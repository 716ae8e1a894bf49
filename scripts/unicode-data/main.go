// Writes src/core/gotemplate/unicode-data.ts, the code points that the Unicode version of this Go
// release assigns, and test/vectors/gotemplate/unicode.json, digests of what Go says of all runes.
//
//	go run ./scripts/unicode-data/main.go
package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"unicode"
)

const head = `/**
 * The code points that Unicode %s assigns, the version of Go's tables; made by
 * scripts/unicode-data/main.go, read by unicode.ts. Runs of assigned and of unassigned code points in
 * turn, each as its length in base 36; the first is assigned.
 */
export const ASSIGNED_RUNS = ` + "`\n"

func main() {
	write("src/core/gotemplate/unicode-data.ts", table())
	digests, err := json.MarshalIndent(allDigests(), "", "  ")
	if err != nil {
		panic(err)
	}
	write("test/vectors/gotemplate/unicode.json", string(digests)+"\n")
}

func write(path, text string) {
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func table() string {
	var text strings.Builder
	fmt.Fprintf(&text, head, unicode.Version)
	column := 0
	for _, length := range runs() {
		word := strconv.FormatInt(int64(length), 36)
		if column+len(word)+1 > 100 {
			text.WriteString("\n")
			column = 0
		} else if column > 0 {
			text.WriteString(" ")
		}
		text.WriteString(word)
		column += len(word) + 1
	}
	text.WriteString("\n`;\n")
	return text.String()
}

func runs() []int {
	var lengths []int
	assigned, length := true, 0
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if unicode.Is(unicode.Cn, r) == assigned {
			lengths = append(lengths, length)
			assigned, length = !assigned, 0
		}
		length++
	}
	return append(lengths, length)
}

func allDigests() map[string]string {
	digests := map[string]string{}
	for name, change := range map[string]func(rune) rune{
		"toUpper": unicode.ToUpper, "toLower": unicode.ToLower, "toTitle": unicode.ToTitle,
	} {
		digests[name] = digest(change)
	}
	for name, holds := range map[string]func(rune) bool{
		"isUpper": unicode.IsUpper, "isLower": unicode.IsLower, "isTitle": unicode.IsTitle,
		"isLetter": unicode.IsLetter, "isDigit": unicode.IsDigit, "isNumber": unicode.IsNumber,
		"isPunctuation": unicode.IsPunct, "isSpace": unicode.IsSpace, "isPrint": strconv.IsPrint,
	} {
		digests[name] = digest(func(r rune) rune {
			if holds(r) {
				return 1
			}
			return 0
		})
	}
	return digests
}

// digest is the SHA-256 of the results for all runes but surrogates, four bytes each, big-endian.
func digest(of func(rune) rune) string {
	hash := sha256.New()
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if r < 0xd800 || r > 0xdfff {
			hash.Write(binary.BigEndian.AppendUint32(nil, uint32(of(r))))
		}
	}
	return hex.EncodeToString(hash.Sum(nil))
}
