import type { Options } from '../options.ts';
import { version } from '../version.ts';
import type { Leadership } from './leadership.ts';

export function infoView({
  self,
  cluster,
  world: { options },
}: Leadership): Record<string, unknown> {
  return {
    name: 'marathon',
    version,
    buildref: 'stand-in',
    elected: true,
    leader: self,
    frameworkId: cluster.frameworkId ?? null,
    marathon_config: marathonConfig(options),
    zookeeper_config: {
      zk: options.zk.replace(/\/\/[^@/]*@/, '//'),
      zk_timeout: options.zkTimeoutMs,
      zk_connection_timeout: options.zkConnectionTimeoutMs,
      zk_session_timeout: options.zkSessionTimeoutMs,
      zk_max_versions: options.zkMaxVersions,
    },
    http_config: { http_port: options.httpPort, https_port: options.httpsPort },
  };
}

/** `types/info.raml` of Marathon 1.10. */
function marathonConfig(options: Options): Record<string, unknown> {
  return {
    master: options.master,
    failover_timeout: options.failoverTimeoutSeconds,
    framework_name: options.frameworkName,
    ha: true,
    checkpoint: options.checkpoint,
    local_port_min: options.localPortMin,
    local_port_max: options.localPortMax,
    executor: '//cmd',
    hostname: options.hostname,
    webui_url: options.webuiUrl ?? null,
    mesos_role: options.mesosRole,
    task_launch_timeout: options.taskLaunchTimeoutMs,
    task_reservation_timeout: options.taskReservationTimeoutMs,
    reconciliation_initial_delay: options.reconciliationInitialDelayMs,
    reconciliation_interval: options.reconciliationIntervalMs,
    mesos_user: options.mesosUser,
    leader_proxy_connection_timeout_ms: options.leaderProxyConnectionTimeoutMs,
    leader_proxy_read_timeout_ms: options.leaderProxyReadTimeoutMs,
    features: options.features,
    mesos_leader_ui_url: null,
  };
}
