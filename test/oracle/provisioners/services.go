// Package provisioners has the services of workloads as provisioner templates see them.
package provisioners

import "backbar/template-oracle/types"

// NetworkService is the service of one workload.
type NetworkService struct {
	ServiceName string
	Ports       map[string]ServicePort `json:"ports"`
}

// ServicePort is one port of a service.
type ServicePort struct {
	Name       string                    `json:"name"`
	Port       int                       `json:"port"`
	TargetPort int                       `json:"target_port"`
	Protocol   types.ServicePortProtocol `json:"protocol"`
}
