// Package templateprov has the struct that score-compose's provisioner templates see.
package templateprov

import "backbar/template-oracle/provisioners"

// Data has the fields of score-compose 0.45.0, in its order.
type Data struct {
	Uid, Type, Class, Id string
	Params, Metadata     map[string]interface{}
	Init, State, Shared  map[string]interface{}
	SourceWorkload       string
	WorkloadServices     map[string]provisioners.NetworkService
	ComposeProjectName   string
	MountsDirectory      string
}
