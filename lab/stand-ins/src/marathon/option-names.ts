type OptionKind = 'text' | 'number' | 'toggle';

const texts = [
  'access_control_allow_origin accepted_resource_roles_default_behavior artifact_store',
  'backup_location default_accepted_resource_roles default_network_name deprecated_features',
  'draining_seconds enable_features env_vars_prefix executor framework_name hostname',
  'http_address http_credentials http_realm https_address leader_election_backend',
  'logging_level logstash master mesos_authentication_principal mesos_authentication_secret',
  'mesos_authentication_secret_file mesos_bridge_name mesos_leader_ui_url mesos_role',
  'mesos_user metrics_name_prefix metrics_datadog_host metrics_datadog_protocol',
  'metrics_statsd_host new_group_enforce_role plugin_conf plugin_dir ssl_keystore_path',
  'ssl_keystore_password webui_url zk',
];

const numbers = [
  'decline_offer_duration failover_timeout graceful_shutdown_timeout',
  'http_max_concurrent_requests http_port https_port kill_retry_timeout',
  'launch_token_refresh_interval launch_tokens leader_proxy_connection_timeout',
  'leader_proxy_max_open_connections leader_proxy_read_timeout local_port_max local_port_min',
  'max_apps max_instances_per_offer max_running_deployments mesos_heartbeat_failure_threshold',
  'mesos_heartbeat_interval metrics_datadog_port metrics_statsd_port',
  'min_revive_offers_interval offer_matching_timeout on_elected_prepare_timeout',
  'reconciliation_initial_delay reconciliation_interval scale_apps_initial_delay',
  'scale_apps_interval store_backup_timeout task_launch_confirm_timeout task_launch_timeout',
  'task_reservation_timeout zk_compression_threshold zk_connection_timeout zk_max_node_size',
  'zk_max_versions zk_session_timeout zk_timeout',
];

/** Toggles exist twice: `--ha` and `--disable_ha`. */
const toggles = [
  'checkpoint gpu_enabled ha http http_compression leader_proxy_ssl_ignore_hostname',
  'maintenance_mode mesos_authentication metrics_datadog metrics_prometheus metrics_statsd',
  'revive_offers_for_new_apps suppress_offers tracing zk_compression',
];

/**
 * Every option of Marathon 1.10 that the reference names, plus those of its published
 * configuration traits. Removed ones (`event_subscriber`, `http_endpoints`, …) are missing on
 * purpose: the real program refuses them.
 */
export const optionKinds: ReadonlyMap<string, OptionKind> = new Map([
  ...words(texts).map((name): [string, OptionKind] => [name, 'text']),
  ...words(numbers).map((name): [string, OptionKind] => [name, 'number']),
  ...words(toggles)
    .flatMap((name) => [name, `disable_${name}`])
    .map((name): [string, OptionKind] => [name, 'toggle']),
]);

function words(lines: readonly string[]): string[] {
  return lines.flatMap((line) => line.split(' '));
}
