package main

import (
	"encoding"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	apiextensionsV1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apiextensionsV1beta1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1beta1"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// Types whose JSON form is their own, by the letter the table uses.
var scalars = map[reflect.Type]string{
	reflect.TypeFor[meta.Time]():                 "T",
	reflect.TypeFor[meta.MicroTime]():            "M",
	reflect.TypeFor[resource.Quantity]():         "Q",
	reflect.TypeFor[intstr.IntOrString]():        "I",
	reflect.TypeFor[meta.FieldsV1]():             "R",
	reflect.TypeFor[runtime.RawExtension]():      "R",
	reflect.TypeFor[apiextensionsV1.JSON]():      "R",
	reflect.TypeFor[apiextensionsV1beta1.JSON](): "R",
}

// Types that are read as a struct or as something else, by the mark before the struct.
var choices = map[reflect.Type]struct {
	mark   string
	schema reflect.Type
}{
	reflect.TypeFor[apiextensionsV1.JSONSchemaPropsOrBool]():             {"b!", reflect.TypeFor[apiextensionsV1.JSONSchemaProps]()},
	reflect.TypeFor[apiextensionsV1.JSONSchemaPropsOrArray]():            {"l!", reflect.TypeFor[apiextensionsV1.JSONSchemaProps]()},
	reflect.TypeFor[apiextensionsV1.JSONSchemaPropsOrStringArray]():      {"t!", reflect.TypeFor[apiextensionsV1.JSONSchemaProps]()},
	reflect.TypeFor[apiextensionsV1beta1.JSONSchemaPropsOrBool]():        {"b!", reflect.TypeFor[apiextensionsV1beta1.JSONSchemaProps]()},
	reflect.TypeFor[apiextensionsV1beta1.JSONSchemaPropsOrArray]():       {"l!", reflect.TypeFor[apiextensionsV1beta1.JSONSchemaProps]()},
	reflect.TypeFor[apiextensionsV1beta1.JSONSchemaPropsOrStringArray](): {"t!", reflect.TypeFor[apiextensionsV1beta1.JSONSchemaProps]()},
}

var basics = map[reflect.Kind]string{
	reflect.String: "s", reflect.Bool: "b",
	reflect.Int32: "i32", reflect.Int64: "i64", reflect.Uint8: "u8", reflect.Float64: "f64",
}

// structTable holds the JSON fields of structs, and which type each name stands for.
type structTable struct {
	fields map[string]string
	types  map[string]reflect.Type
}

func newStructTable() structTable {
	return structTable{fields: map[string]string{}, types: map[string]reflect.Type{}}
}

// lines gives a line for each struct that is not in without.
func (s structTable) lines(without structTable) []string {
	out := []string{}
	for _, name := range slices.Sorted(maps.Keys(s.fields)) {
		if _, there := without.fields[name]; !there {
			out = append(out, strings.TrimSpace(name+" "+s.fields[name]))
		}
	}
	return out
}

// describe gives the notation of a type and adds the structs it reaches to the table.
func (s structTable) describe(t reflect.Type) string {
	if scalar, ok := scalars[t]; ok {
		return scalar
	}
	if choice, ok := choices[t]; ok {
		return choice.mark + s.describe(choice.schema)
	}
	if hasOwnForm(t) {
		panic("own JSON form of " + t.String())
	}
	switch t.Kind() {
	case reflect.Pointer:
		return "*" + s.describe(t.Elem())
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "B"
		}
		return "[]" + s.describe(t.Elem())
	case reflect.Map:
		if t.Key().Kind() != reflect.String || hasOwnForm(t.Key()) {
			panic("map key of " + t.String())
		}
		return "{}" + s.describe(t.Elem())
	case reflect.Struct:
		return s.describeStruct(t)
	}
	if basic, ok := basics[t.Kind()]; ok {
		return basic
	}
	panic("no notation for " + t.String())
}

func (s structTable) describeStruct(t reflect.Type) string {
	name := structName(t)
	if known, there := s.types[name]; there {
		if known != t {
			panic(name + " stands for two structs")
		}
		return name
	}
	s.types[name] = t // ends the recursion of structs that reach themselves
	s.fields[name] = strings.Join(s.describeFields(t), " ")
	return name
}

// describeFields lists a struct's JSON fields; an embedded struct's fields stand in its place.
func (s structTable) describeFields(t reflect.Type) []string {
	out := []string{}
	for i := range t.NumField() {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "-" || !field.IsExported() {
			continue
		}
		if field.Anonymous && name == "" {
			embedded := field.Type
			if embedded.Kind() == reflect.Pointer || hasOwnForm(embedded) {
				panic("embedded " + embedded.String() + " in " + t.String())
			}
			out = append(out, s.describeFields(embedded)...)
			continue
		}
		if name == "" {
			name = field.Name
		}
		out = append(out, name+flags(options, t)+":"+s.describe(field.Type))
	}
	return out
}

func flags(options string, t reflect.Type) string {
	out := ""
	for option := range strings.SplitSeq(options, ",") {
		switch option {
		case "omitempty":
			out += "?"
		case "omitzero":
			out += "~"
		case "", "inline":
		default:
			panic("option " + option + " in " + t.String())
		}
	}
	return out
}

func hasOwnForm(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return t.Kind() != reflect.Pointer && (p.Implements(reflect.TypeFor[json.Unmarshaler]()) ||
		p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()))
}

func structName(t reflect.Type) string {
	parts := strings.Split(t.PkgPath(), "/")
	return parts[len(parts)-2] + "." + parts[len(parts)-1] + "." + t.Name()
}
