// Package groups registers Kubernetes' own API groups.
package groups

import (
	admissionV1 "k8s.io/api/admission/v1"
	admissionV1beta1 "k8s.io/api/admission/v1beta1"
	admissionregistrationV1 "k8s.io/api/admissionregistration/v1"
	admissionregistrationV1alpha1 "k8s.io/api/admissionregistration/v1alpha1"
	admissionregistrationV1beta1 "k8s.io/api/admissionregistration/v1beta1"
	apidiscoveryV2 "k8s.io/api/apidiscovery/v2"
	apidiscoveryV2beta1 "k8s.io/api/apidiscovery/v2beta1"
	apiserverinternalV1alpha1 "k8s.io/api/apiserverinternal/v1alpha1"
	appsV1 "k8s.io/api/apps/v1"
	appsV1beta1 "k8s.io/api/apps/v1beta1"
	appsV1beta2 "k8s.io/api/apps/v1beta2"
	authenticationV1 "k8s.io/api/authentication/v1"
	authenticationV1alpha1 "k8s.io/api/authentication/v1alpha1"
	authenticationV1beta1 "k8s.io/api/authentication/v1beta1"
	authorizationV1 "k8s.io/api/authorization/v1"
	authorizationV1beta1 "k8s.io/api/authorization/v1beta1"
	autoscalingV1 "k8s.io/api/autoscaling/v1"
	autoscalingV2 "k8s.io/api/autoscaling/v2"
	batchV1 "k8s.io/api/batch/v1"
	batchV1beta1 "k8s.io/api/batch/v1beta1"
	certificatesV1 "k8s.io/api/certificates/v1"
	certificatesV1alpha1 "k8s.io/api/certificates/v1alpha1"
	certificatesV1beta1 "k8s.io/api/certificates/v1beta1"
	coordinationV1 "k8s.io/api/coordination/v1"
	coordinationV1alpha2 "k8s.io/api/coordination/v1alpha2"
	coordinationV1beta1 "k8s.io/api/coordination/v1beta1"
	coreV1 "k8s.io/api/core/v1"
	discoveryV1 "k8s.io/api/discovery/v1"
	discoveryV1beta1 "k8s.io/api/discovery/v1beta1"
	eventsV1 "k8s.io/api/events/v1"
	eventsV1beta1 "k8s.io/api/events/v1beta1"
	extensionsV1beta1 "k8s.io/api/extensions/v1beta1"
	flowcontrolV1 "k8s.io/api/flowcontrol/v1"
	flowcontrolV1beta1 "k8s.io/api/flowcontrol/v1beta1"
	flowcontrolV1beta2 "k8s.io/api/flowcontrol/v1beta2"
	flowcontrolV1beta3 "k8s.io/api/flowcontrol/v1beta3"
	imagepolicyV1alpha1 "k8s.io/api/imagepolicy/v1alpha1"
	networkingV1 "k8s.io/api/networking/v1"
	networkingV1beta1 "k8s.io/api/networking/v1beta1"
	nodeV1 "k8s.io/api/node/v1"
	nodeV1alpha1 "k8s.io/api/node/v1alpha1"
	nodeV1beta1 "k8s.io/api/node/v1beta1"
	policyV1 "k8s.io/api/policy/v1"
	policyV1beta1 "k8s.io/api/policy/v1beta1"
	rbacV1 "k8s.io/api/rbac/v1"
	rbacV1alpha1 "k8s.io/api/rbac/v1alpha1"
	rbacV1beta1 "k8s.io/api/rbac/v1beta1"
	resourceV1 "k8s.io/api/resource/v1"
	resourceV1alpha3 "k8s.io/api/resource/v1alpha3"
	resourceV1beta1 "k8s.io/api/resource/v1beta1"
	resourceV1beta2 "k8s.io/api/resource/v1beta2"
	schedulingV1 "k8s.io/api/scheduling/v1"
	schedulingV1alpha2 "k8s.io/api/scheduling/v1alpha2"
	schedulingV1beta1 "k8s.io/api/scheduling/v1beta1"
	storageV1 "k8s.io/api/storage/v1"
	storageV1alpha1 "k8s.io/api/storage/v1alpha1"
	storageV1beta1 "k8s.io/api/storage/v1beta1"
	storagemigrationV1beta1 "k8s.io/api/storagemigration/v1beta1"
	apiextensionsV1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apiextensionsV1beta1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1beta1"
	apiregistrationV1 "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
	apiregistrationV1beta1 "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1beta1"

	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
)

// What score-k8s registers.
var peer = runtime.NewSchemeBuilder(
	coreV1.AddToScheme, appsV1.AddToScheme, appsV1beta1.AddToScheme, appsV1beta2.AddToScheme,
	networkingV1.AddToScheme, networkingV1beta1.AddToScheme,
)

// Every group version of the modules above; the generator fails where one is missing.
var all = runtime.NewSchemeBuilder(
	admissionV1.AddToScheme,
	admissionV1beta1.AddToScheme,
	admissionregistrationV1.AddToScheme,
	admissionregistrationV1alpha1.AddToScheme,
	admissionregistrationV1beta1.AddToScheme,
	apidiscoveryV2.AddToScheme,
	apidiscoveryV2beta1.AddToScheme,
	apiserverinternalV1alpha1.AddToScheme,
	appsV1.AddToScheme,
	appsV1beta1.AddToScheme,
	appsV1beta2.AddToScheme,
	authenticationV1.AddToScheme,
	authenticationV1alpha1.AddToScheme,
	authenticationV1beta1.AddToScheme,
	authorizationV1.AddToScheme,
	authorizationV1beta1.AddToScheme,
	autoscalingV1.AddToScheme,
	autoscalingV2.AddToScheme,
	batchV1.AddToScheme,
	batchV1beta1.AddToScheme,
	certificatesV1.AddToScheme,
	certificatesV1alpha1.AddToScheme,
	certificatesV1beta1.AddToScheme,
	coordinationV1.AddToScheme,
	coordinationV1alpha2.AddToScheme,
	coordinationV1beta1.AddToScheme,
	coreV1.AddToScheme,
	discoveryV1.AddToScheme,
	discoveryV1beta1.AddToScheme,
	eventsV1.AddToScheme,
	eventsV1beta1.AddToScheme,
	extensionsV1beta1.AddToScheme,
	flowcontrolV1.AddToScheme,
	flowcontrolV1beta1.AddToScheme,
	flowcontrolV1beta2.AddToScheme,
	flowcontrolV1beta3.AddToScheme,
	imagepolicyV1alpha1.AddToScheme,
	networkingV1.AddToScheme,
	networkingV1beta1.AddToScheme,
	nodeV1.AddToScheme,
	nodeV1alpha1.AddToScheme,
	nodeV1beta1.AddToScheme,
	policyV1.AddToScheme,
	policyV1beta1.AddToScheme,
	rbacV1.AddToScheme,
	rbacV1alpha1.AddToScheme,
	rbacV1beta1.AddToScheme,
	resourceV1.AddToScheme,
	resourceV1alpha3.AddToScheme,
	resourceV1beta1.AddToScheme,
	resourceV1beta2.AddToScheme,
	schedulingV1.AddToScheme,
	schedulingV1alpha2.AddToScheme,
	schedulingV1beta1.AddToScheme,
	storageV1.AddToScheme,
	storageV1alpha1.AddToScheme,
	storageV1beta1.AddToScheme,
	storagemigrationV1beta1.AddToScheme,
	apiextensionsV1.AddToScheme,
	apiextensionsV1beta1.AddToScheme,
	apiregistrationV1.AddToScheme,
	apiregistrationV1beta1.AddToScheme,
)

// Peer gives a scheme of the groups that score-k8s registers.
func Peer() *runtime.Scheme { return schemeOf(peer) }

// All gives a scheme of all groups.
func All() *runtime.Scheme { return schemeOf(all) }

func schemeOf(groups runtime.SchemeBuilder) *runtime.Scheme {
	scheme := runtime.NewScheme()
	utilruntime.Must(groups.AddToScheme(scheme))
	return scheme
}
