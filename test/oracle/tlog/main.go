// The log oracle: what golang.org/x/mod/sumdb/tlog and …/note make of trees and notes.
//
// Reads one question a line on stdin (JSON, the fields of test/vectors/tlog/README.md) and writes one
// answer a line on stdout, in the same order.
package main

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

type question struct {
	// A tree of leaves "leaf 0", "leaf 1" …, proofs of the leaves, and of the sizes before.
	Size     int64   `json:"size"`
	Indexes  []int64 `json:"indexes"`
	OldSizes []int64 `json:"oldSizes"`
	// A path without the height that Go's have.
	Tile string `json:"tile"`
	// A text to sign, the signer's name, and 32 bytes in hex.
	Sign string `json:"sign"`
	Name string `json:"name"`
	Seed string `json:"seed"`
	// A note to open with keys.
	Note string   `json:"note"`
	Keys []string `json:"keys"`
}

type answer struct {
	Root        string              `json:"root,omitempty"`
	Inclusion   map[string][]string `json:"inclusion,omitempty"`
	Consistency map[string][]string `json:"consistency,omitempty"`
	// By path, the SHA-256 of the tile.
	Tiles map[string]string `json:"tiles,omitempty"`
	Tile  *parsedTile       `json:"tile,omitempty"`
	Key   string            `json:"key,omitempty"`
	Note  string            `json:"note,omitempty"`
	Text  string            `json:"text,omitempty"`
	// Names of the keys that signed.
	SignedBy []string `json:"signedBy,omitempty"`
	Error    bool     `json:"error,omitempty"`
}

type parsedTile struct {
	Level int   `json:"level"`
	Index int64 `json:"index"`
	Width int   `json:"width"`
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var q question
		check(json.Unmarshal(line, &q))
		var out bytes.Buffer
		encoder := json.NewEncoder(&out)
		encoder.SetEscapeHTML(false)
		check(encoder.Encode(answerOf(q)))
		os.Stdout.Write(out.Bytes())
	}
}

func answerOf(q question) answer {
	switch {
	case q.Tile != "":
		return parseTile(q.Tile)
	case q.Sign != "":
		return sign(q)
	case q.Note != "":
		return open(q)
	default:
		return tree(q)
	}
}

func tree(q question) answer {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			hashes[i] = stored[index]
		}
		return hashes, nil
	})
	for i := int64(0); i < q.Size; i++ {
		hashes, err := tlog.StoredHashes(i, fmt.Appendf(nil, "leaf %d", i), reader)
		check(err)
		stored = append(stored, hashes...)
	}
	root, err := tlog.TreeHash(q.Size, reader)
	check(err)
	a := answer{
		Root:        hex.EncodeToString(root[:]),
		Inclusion:   map[string][]string{},
		Consistency: map[string][]string{},
		Tiles:       map[string]string{},
	}
	for _, index := range q.Indexes {
		proof, err := tlog.ProveRecord(q.Size, index, reader)
		check(err)
		a.Inclusion[fmt.Sprint(index)] = asHex(proof)
	}
	for _, oldSize := range q.OldSizes {
		proof, err := tlog.ProveTree(q.Size, oldSize, reader)
		check(err)
		a.Consistency[fmt.Sprint(oldSize)] = asHex(proof)
	}
	for _, tile := range tlog.NewTiles(tileHeight, 0, q.Size) {
		data, err := tlog.ReadTileData(tile, reader)
		check(err)
		digest := sha256.Sum256(data)
		path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight), "tile/", 1)
		a.Tiles[path] = hex.EncodeToString(digest[:])
	}
	return a
}

func parseTile(path string) answer {
	rest, ok := strings.CutPrefix(path, "tile/")
	if !ok {
		return answer{Error: true}
	}
	tile, err := tlog.ParseTilePath(fmt.Sprintf("tile/%d/%s", tileHeight, rest))
	if err != nil {
		return answer{Error: true}
	}
	return answer{Tile: &parsedTile{tile.L, tile.N, tile.W}}
}

func sign(q question) answer {
	seed, err := hex.DecodeString(q.Seed)
	check(err)
	public := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	key, err := note.NewEd25519VerifierKey(q.Name, public)
	check(err)
	id := strings.SplitN(key, "+", 3)[1]
	secret := base64.StdEncoding.EncodeToString(append([]byte{1}, seed...))
	signer, err := note.NewSigner(fmt.Sprintf("PRIVATE+KEY+%s+%s+%s", q.Name, id, secret))
	check(err)
	signed, err := note.Sign(&note.Note{Text: q.Sign}, signer)
	check(err)
	return answer{Key: key, Note: string(signed)}
}

func open(q question) answer {
	var verifiers []note.Verifier
	for _, key := range q.Keys {
		verifier, err := note.NewVerifier(key)
		check(err)
		verifiers = append(verifiers, verifier)
	}
	opened, err := note.Open([]byte(q.Note), note.VerifierList(verifiers...))
	if err != nil {
		return answer{Error: true}
	}
	a := answer{Text: opened.Text}
	for _, signature := range opened.Sigs {
		a.SignedBy = append(a.SignedBy, signature.Name)
	}
	return a
}

func asHex(hashes []tlog.Hash) []string {
	texts := []string{}
	for _, hash := range hashes {
		texts = append(texts, hex.EncodeToString(hash[:]))
	}
	return texts
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
