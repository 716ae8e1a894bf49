// Command oracle tells what Kubernetes' own Go code makes of documents: a JSON object a line comes
// in, one goes out. Built and asked by test/fuzz/kubernetes.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"reflect"

	"backbar/kubernetes-model/groups"

	"gopkg.in/yaml.v3"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/runtime"
	serializer "k8s.io/apimachinery/pkg/runtime/serializer/json"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
)

type question struct {
	// peer or all, the scheme that reads the document; volume or quantity
	As   string `json:"as"`
	Text string `json:"text"`
}

type answer struct {
	// What encoding/json writes of the value that was read.
	Value json.RawMessage `json:"value,omitempty"`
	Error string          `json:"error,omitempty"`
	// The kind is in none of the scheme's groups.
	Unknown bool `json:"unknown,omitempty"`
}

var readers = map[string]func(text string) (any, error){
	"peer":     strictReader(groups.Peer()),
	"all":      strictReader(groups.All()),
	"volume":   readVolume,
	"quantity": func(text string) (any, error) { return resource.ParseQuantity(text) },
}

func strictReader(scheme *runtime.Scheme) func(string) (any, error) {
	options := serializer.SerializerOptions{Yaml: true, Strict: true}
	decoder := serializer.NewSerializerWithOptions(serializer.DefaultMetaFactory, scheme, scheme, options)
	return func(text string) (any, error) {
		object, _, err := decoder.Decode([]byte(text), nil, nil)
		return object, err
	}
}

// A volume resource's outputs, as score-k8s reads them; the one that is there is written back.
func readVolume(text string) (any, error) {
	var document any
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		return nil, err
	}
	raw, err := json.Marshal(document)
	if err != nil {
		return nil, err
	}
	outputs := struct {
		Source    *core.VolumeSource              `json:"source"`
		ClaimSpec *core.PersistentVolumeClaimSpec `json:"claimSpec"`
	}{}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&outputs); err != nil {
		return nil, err
	}
	if (outputs.Source == nil) == (outputs.ClaimSpec == nil) {
		return nil, errors.New("one of source and claimSpec")
	}
	if outputs.Source == nil {
		return outputs.ClaimSpec, nil
	}
	if reflect.ValueOf(*outputs.Source).IsZero() {
		return nil, errors.New("source is empty")
	}
	return outputs.Source, nil
}

func main() {
	in, out := bufio.NewScanner(os.Stdin), bufio.NewWriter(os.Stdout)
	in.Buffer(nil, 1<<24)
	for in.Scan() {
		var asked question
		utilruntime.Must(json.Unmarshal(in.Bytes(), &asked))
		line, err := json.Marshal(answerTo(asked))
		utilruntime.Must(err)
		out.Write(append(line, '\n'))
	}
	utilruntime.Must(in.Err())
	utilruntime.Must(out.Flush())
}

func answerTo(asked question) answer {
	value, err := readers[asked.As](asked.Text)
	if err == nil {
		var written []byte
		if written, err = json.Marshal(value); err == nil {
			return answer{Value: written}
		}
	}
	return answer{Error: err.Error(), Unknown: runtime.IsNotRegisteredError(err)}
}
