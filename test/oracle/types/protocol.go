// Package types has the named types of the Score specification.
package types

// ServicePortProtocol is TCP or UDP.
type ServicePortProtocol string
