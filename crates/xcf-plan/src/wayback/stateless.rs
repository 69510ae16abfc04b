//! Resource types that hold nothing of their own: everything about them stands in the text, so they can be made again.
//! Everything else counts as stateful – a wrong "stateful" costs a second look, a wrong "stateless" costs data.

/// Exact type names.
const EXACT: &[&str] = &[
    "terraform_data",
    "null_resource",
    "local_file",
    "local_sensitive_file",
    "time_static",
    "time_sleep",
    "aws_security_group",
    "aws_security_group_rule",
    "aws_vpc_security_group_ingress_rule",
    "aws_vpc_security_group_egress_rule",
    "aws_route",
    "aws_route_table",
    "aws_route_table_association",
    "aws_route53_record",
    "aws_iam_policy",
    "aws_iam_role_policy",
    "aws_iam_role_policy_attachment",
    "aws_lb_listener",
    "aws_lb_listener_rule",
    "aws_lb_target_group_attachment",
    "aws_cloudwatch_metric_alarm",
    "aws_db_parameter_group",
    "google_compute_firewall",
    "google_compute_route",
    "google_dns_record_set",
    "azurerm_network_security_rule",
    "azurerm_route",
    "azurerm_dns_a_record",
    "azurerm_dns_cname_record",
    "alicloud_security_group_rule",
    "alicloud_route_entry",
    "Deployment",
    "Service",
    "Ingress",
    "ConfigMap",
    "HorizontalPodAutoscaler",
    "NetworkPolicy",
    "ServiceAccount",
    "Role",
    "RoleBinding",
    "ClusterRole",
    "ClusterRoleBinding",
];

/// True if a resource of this type can be made again from its text alone. Kubernetes kinds may stand behind their group
/// (`apps/v1/Deployment`).
#[must_use]
pub fn holds_no_data(resource_type: &str) -> bool {
    let kind = resource_type.rsplit('/').next().unwrap_or(resource_type);
    EXACT.contains(&resource_type) || EXACT.contains(&kind)
}
