// Package templateprov has the struct that score-k8s's provisioner templates see.
package templateprov

import "backbar/template-oracle/provisioners"

// Data has the fields of score-k8s 0.15.0, in its order.
type Data struct {
	Guid                 string
	Uid, Type, Class, Id string
	Params, Metadata     map[string]interface{}
	Init, State, Shared  map[string]interface{}
	SourceWorkload       string
	WorkloadMetadata     map[string]interface{}
	WorkloadServices     map[string]provisioners.NetworkService
	Namespace            string
}
