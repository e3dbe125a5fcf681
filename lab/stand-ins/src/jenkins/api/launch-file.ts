import { createCipheriv, randomBytes } from 'node:crypto';
import type { Request, Route } from '../../shared/http.ts';
import type { Controller } from '../controller.ts';
import type { BuildNode } from '../nodes.ts';
import { encodeEntities } from '../xml.ts';
import { rootOf } from './api.ts';
import { errorPage } from './pages.ts';

/** The second name is the old one, which the Mesos plugin 2.0 still uses. */
const jnlpNames = ['jenkins-agent.jnlp', 'slave-agent.jnlp'];

/** For the administrator: an agent's launch file with its secret as it is. */
export function launchFileRoutes(controller: Controller): Route[] {
  return jnlpNames.map((name) => ({
    method: 'GET',
    path: `/computer/:node/${name}`,
    handle: (request) => {
      const node = controller.nodes.get(request.params['node'] ?? '');
      if (node === undefined) return errorPage(404, 'Not Found');
      return {
        status: 200,
        headers: { 'Content-Type': 'application/x-java-jnlp-file' },
        body: jnlp(controller, node, request),
      };
    },
  }));
}

/**
 * With `?encrypt=true` anybody may ask: only who has the node's secret can read the answer
 * (`EncryptedSlaveAgentJnlpFile`, core 2.5xx).
 */
export function encryptedLaunchFileRoutes(controller: Controller): Route[] {
  return jnlpNames.map((name) => ({
    method: 'GET',
    path: `/computer/:node/${name}`,
    handle: (request) => {
      if (request.query.get('encrypt') !== 'true') return undefined;
      const node = controller.nodes.get(request.params['node'] ?? '');
      if (node === undefined) return errorPage(404, 'Not Found');
      const secret = controller.nodes.secret(node.name);
      return {
        status: 200,
        headers: { 'Content-Type': 'application/octet-stream' },
        body: encrypt(jnlp(controller, node, request), secret),
      };
    },
  }));
}

function encrypt(text: string, secret: string): Buffer {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-128-cfb8', Buffer.from(secret.slice(0, 32), 'hex'), iv);
  return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final()]);
}

function jnlp(controller: Controller, node: BuildNode, request: Request): string {
  const root = rootOf(controller, request);
  const { name, remoteFs } = node;
  const values = [
    ...[controller.nodes.secret(name), name],
    // A relative one is looked for where the agent was started.
    ...(remoteFs?.startsWith('/') === true ? ['-workDir', remoteFs] : []),
    ...['-internalDir', 'remoting', '-url', root],
  ];
  const lines = values.map((value) => `    <argument>${encodeEntities(value)}</argument>`);
  return [
    `<jnlp codebase="${root}computer/${encodeURIComponent(name)}/" spec="1.0+">`,
    `  <information><title>Agent for ${encodeEntities(name)}</title><vendor>Jenkins project</vendor></information>`,
    '  <resources><j2se version="1.8+"/><jar href="' +
      `${root}jnlpJars/remoting.jar"/></resources>`,
    '  <application-desc main-class="hudson.remoting.jnlp.Main">',
    ...lines,
    '  </application-desc>',
    '</jnlp>',
    '',
  ].join('\n');
}
