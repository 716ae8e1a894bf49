package main

import (
	"encoding/json"
	"fmt"
	"reflect"

	"gopkg.in/yaml.v3"

	compose "backbar/template-oracle/compose/templateprov"
	k8s "backbar/template-oracle/k8s/templateprov"
)

// decode gives the data that the template of a case sees.
func decode(c testCase) (any, error) {
	var value any
	if c.Decoder == "json" {
		err := json.Unmarshal([]byte(c.Data), &value)
		return value, err
	}
	if err := yaml.Unmarshal([]byte(c.Data), &value); err != nil {
		return nil, err
	}
	if c.Decoder == "yaml" {
		return value, nil
	}
	fields, _ := value.(map[string]any)
	if c.Platform == "k8s" {
		data := &k8s.Data{}
		return data, fill(reflect.ValueOf(data).Elem(), fields)
	}
	data := &compose.Data{}
	return data, fill(reflect.ValueOf(data).Elem(), fields)
}

// fill sets the fields of a struct from a map of their Go names; what is absent or null stays zero.
func fill(target reflect.Value, fields map[string]any) error {
	for i := range target.NumField() {
		value, ok := fields[target.Type().Field(i).Name]
		if !ok || value == nil {
			continue
		}
		if err := set(target.Field(i), value); err != nil {
			return fmt.Errorf("%s: %w", target.Type().Field(i).Name, err)
		}
	}
	return nil
}

func set(target reflect.Value, value any) error {
	given := reflect.ValueOf(value)
	fields, isMap := value.(map[string]any)
	switch {
	case target.Kind() == reflect.Struct && isMap:
		return fill(target, fields)
	case given.Type().AssignableTo(target.Type()):
		target.Set(given)
	case target.Kind() == reflect.Map && isMap:
		target.Set(reflect.MakeMap(target.Type()))
		for key, item := range fields {
			element := reflect.New(target.Type().Elem()).Elem()
			if err := set(element, item); err != nil {
				return err
			}
			target.SetMapIndex(reflect.ValueOf(key), element)
		}
	case given.Kind() == reflect.String && target.Kind() == reflect.String:
		target.SetString(given.String())
	default:
		return fmt.Errorf("%T for %s", value, target.Type())
	}
	return nil
}
