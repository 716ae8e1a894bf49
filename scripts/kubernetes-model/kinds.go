package main

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
)

// kindTable holds the struct of each kind, by apiVersion.
type kindTable map[string]map[string]string

// kindsOf lists the kinds of a scheme; the structs they reach go to structs.
func kindsOf(scheme *runtime.Scheme, structs structTable) kindTable {
	kinds := kindTable{}
	known := scheme.AllKnownTypes()
	for _, gvk := range slices.SortedFunc(maps.Keys(known), byText) {
		if gvk.Version == runtime.APIVersionInternal {
			continue
		}
		apiVersion, kind := gvk.ToAPIVersionAndKind()
		if kinds[apiVersion] == nil {
			kinds[apiVersion] = map[string]string{}
		}
		kinds[apiVersion][kind] = structs.describe(known[gvk])
	}
	return kinds
}

func byText(a, b schema.GroupVersionKind) int { return strings.Compare(a.String(), b.String()) }

// shared lists the kinds that every apiVersion has with the same struct.
func (k kindTable) shared() map[string]string {
	var shared map[string]string
	for _, kinds := range k {
		if shared == nil {
			shared = maps.Clone(kinds)
		}
		maps.DeleteFunc(shared, func(kind, name string) bool { return kinds[kind] != name })
	}
	return shared
}

// unversionedOf lists the kinds that a scheme's decoder takes in whatever apiVersion they come.
func unversionedOf(scheme *runtime.Scheme, structs structTable) map[string]string {
	out := map[string]string{}
	for gvk, t := range scheme.AllKnownTypes() {
		object, err := scheme.New(gvk)
		utilruntime.Must(err)
		if unversioned, _ := scheme.IsUnversioned(object); unversioned {
			out[gvk.Kind] = structs.describe(t)
		}
	}
	return out
}

// lines gives a line for the shared kinds, one for the unversioned ones and one for each apiVersion,
// marked where peer has it.
func (k kindTable) lines(unversioned map[string]string, peer kindTable) []string {
	shared := k.shared()
	out := []string{"* " + kindLine(shared, nil), "? " + kindLine(unversioned, nil)}
	for _, apiVersion := range slices.Sorted(maps.Keys(k)) {
		mark := ""
		if theirs, there := peer[apiVersion]; there {
			if !reflect.DeepEqual(theirs, k[apiVersion]) {
				panic("score-k8s knows only a part of " + apiVersion)
			}
			mark = "*"
		}
		out = append(out, apiVersion+mark+" "+kindLine(k[apiVersion], shared))
	}
	return out
}

// kindLine gives the package of most structs and the kinds, with the struct of those from elsewhere.
func kindLine(kinds, without map[string]string) string {
	own := []string{}
	packages := map[string]int{}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		if without[kind] == "" {
			own = append(own, kind)
			packages[strings.TrimSuffix(kinds[kind], "."+kind)]++
		}
	}
	most := slices.MaxFunc(slices.Sorted(maps.Keys(packages)), func(a, b string) int { return packages[a] - packages[b] })
	words := []string{most}
	for _, kind := range own {
		if kinds[kind] == most+"."+kind {
			words = append(words, kind)
		} else {
			words = append(words, kind+":"+kinds[kind])
		}
	}
	return strings.Join(words, " ")
}
