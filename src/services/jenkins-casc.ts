import { parseDocument } from 'yaml';
import type { BuildAgentTemplate, ClusterSpec, JenkinsController } from '../config/cluster-spec.ts';
import { buildNodes, workFolder } from './build-agents.ts';
import { render, type Templates } from './render.ts';

/** The controller's configuration. What does not read back as YAML never leaves. */
export function jenkinsYaml(
  spec: ClusterSpec,
  controller: JenkinsController,
  templates: Templates,
): string {
  const text = render(templates, 'jenkins/jenkins.yaml', values(spec, controller));
  const { errors, warnings } = parseDocument(text, { version: '1.1' });
  const [first] = [...errors, ...warnings];
  if (first === undefined) return text;
  throw new Error(`jenkins.yaml of ${controller.name} is no YAML`, { cause: first });
}

function values(spec: ClusterSpec, controller: JenkinsController): Record<string, unknown> {
  return {
    cluster: spec.name,
    message: `${spec.name}: ${controller.name}`,
    agentPort: controller.agentPort,
    adminUser: controller.admin.user,
    url: controller.url,
    mesosMasterUrl: `http://127.0.0.1:${spec.gateway.mesosPort}`,
    framework: controller.framework,
    templates: controller.buildAgents.filter(({ via }) => via === 'mesos').map(templateValues),
    nodes: buildNodes(controller).map(({ name, template }) => ({ name, label: template.label })),
    workFolder,
    // Without that plugin Jenkins would not start with the setting.
    keepsBuilds: Object.hasOwn(controller.plugins, 'build-discarder'),
    keepBuilds: { ...controller.keepBuilds, days: controller.keepBuilds.days ?? 0 },
  };
}

/** Heap of the build agent's own program, a constant of the plugin: the task gets it on top (2.0). */
const pluginHeapMb = 32;

function templateValues(template: BuildAgentTemplate): Record<string, unknown> {
  return {
    ...template,
    memoryMb: template.memoryMb - pluginHeapMb,
    attributes: Object.entries(template.attributes)
      .map(([name, value]) => `${name}:${value}`)
      .join(','),
    networking: template.network.toUpperCase(),
  };
}
