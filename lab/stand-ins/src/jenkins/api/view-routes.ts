import { readFileSync } from 'node:fs';
import { json, text, type Answer, type Request, type Route } from '../../shared/http.ts';
import { agentProtocols } from '../agents/agent-listener.ts';
import type { Controller } from '../controller.ts';
import { remotingMinimumVersion } from '../core-version.ts';
import { anonymous } from '../security.ts';
import { api, depthOf, rootOf } from './api.ts';
import { jobReference, jobView } from './job-view.ts';
import { errorPage, loginPage } from './pages.ts';
import type { Sessions } from './session.ts';

/** Where the image keeps the program of the build agents. */
const agentJar = '/opt/stand-ins/agent.jar';

/** What anybody may see, signed in or not. */
export function openRoutes(controller: Controller, sessions: Sessions): Route[] {
  return [
    { method: 'GET', path: '/login', handle: loginPage },
    {
      method: 'POST',
      path: '/j_spring_security_check',
      handle: (request) => signIn(controller, sessions, request),
    },
    { method: 'GET', path: '/health', handle: () => json({ status: true }) },
    {
      method: 'GET',
      path: '/whoAmI/api/json',
      handle: (request) => api(request, whoView(sessions.who(request) ?? anonymous)),
    },
    { method: 'GET', path: '/tcpSlaveAgentListener/', handle: () => agentListener(controller) },
    ...['agent.jar', 'remoting.jar', 'slave.jar'].map((name): Route => ({
      method: 'GET',
      path: `/jnlpJars/${name}`,
      handle: jar,
    })),
  ];
}

export function viewRoutes(controller: Controller, sessions: Sessions): Route[] {
  const root = (request: Request) => api(request, rootView(controller, request));
  return [
    { method: 'GET', path: '/api/json', handle: root },
    {
      method: 'GET',
      path: '/view/all/api/json',
      handle: (request) => api(request, allView(controller, request)),
    },
    {
      method: 'GET',
      path: '/pluginManager/api/json',
      handle: (request) => api(request, pluginsView(controller)),
    },
    {
      method: 'GET',
      path: '/crumbIssuer/api/json',
      handle: (request) => crumb(controller, sessions, request),
    },
  ];
}

function rootView(controller: Controller, request: Request): Record<string, unknown> {
  const { config, executors, quietingDown, quietDownReason, agentPort, security } = controller;
  const url = rootOf(controller, request);
  const view = { _class: 'hudson.model.AllView', name: 'all', url };
  return {
    _class: 'hudson.model.Hudson',
    assignedLabels: [{ name: 'built-in' }],
    mode: config.jenkins.mode ?? 'NORMAL',
    nodeDescription: 'the Jenkins controller’s built-in node',
    nodeName: '',
    numExecutors: executors,
    description: config.jenkins.systemMessage ?? null,
    jobs: jobsView(controller, request),
    overallLoad: {},
    primaryView: view,
    quietDownReason: quietDownReason ?? null,
    quietingDown,
    slaveAgentPort: agentPort,
    unlabeledLoad: { _class: 'jenkins.model.UnlabeledLoadStatistics' },
    url,
    useCrumbs: security.enabled,
    useSecurity: security.enabled,
    views: [view],
  };
}

function jobsView(controller: Controller, request: Request): Record<string, unknown>[] {
  const root = rootOf(controller, request);
  const depth = depthOf(request) - 1;
  return controller.jobs
    .all()
    .map((job) =>
      depth >= 0 ? jobView(controller, job, { root, depth }) : jobReference(controller, root, job),
    );
}

function allView(controller: Controller, request: Request): Record<string, unknown> {
  const url = rootOf(controller, request);
  return {
    _class: 'hudson.model.AllView',
    description: null,
    jobs: jobsView(controller, request),
    name: 'all',
    property: [],
    url,
  };
}

function pluginsView({ plugins }: Controller): Record<string, unknown> {
  return {
    _class: 'hudson.LocalPluginManager',
    plugins: plugins.map(({ shortName, version }) => ({
      ...{ active: true, backupVersion: null, bundled: false, deleted: false, dependencies: [] },
      ...{ detached: false, downgradable: false, enabled: true, hasUpdate: false },
      ...{ longName: shortName, pinned: false, requiredCoreVersion: null, shortName },
      ...{ supportsDynamicLoad: 'MAYBE', url: `https://plugins.jenkins.io/${shortName}`, version },
    })),
  };
}

function whoView(who: { name: string; anonymous: boolean }): Record<string, unknown> {
  return {
    _class: 'hudson.security.WhoAmI',
    anonymous: who.anonymous,
    authenticated: true,
    authorities: who.anonymous ? ['anonymous'] : ['authenticated'],
    details: null,
    name: who.name,
  };
}

/** Behind a proxy two Java properties say what agents have to be told (`TcpSlaveAgentListener`). */
function agentListener({ agentPort, settings }: Controller): Answer {
  if (agentPort < 0) return errorPage(404, 'Not Found');
  const host = settings.property('hudson.TcpSlaveAgentListener.hostName');
  const port = settings.property('hudson.TcpSlaveAgentListener.port') ?? String(agentPort);
  return {
    ...text('Jenkins\n'),
    headers: {
      'Content-Type': 'text/plain;charset=utf-8',
      'X-Hudson-JNLP-Port': port,
      'X-Jenkins-JNLP-Port': port,
      ...(host === undefined ? {} : { 'X-Jenkins-JNLP-Host': host }),
      'X-Jenkins-Agent-Protocols': agentProtocols,
      'X-Remoting-Minimum-Version': remotingMinimumVersion,
    },
  };
}

function jar(): Answer {
  try {
    const body = readFileSync(agentJar);
    return { status: 200, headers: { 'Content-Type': 'application/java-archive' }, body };
  } catch {
    return errorPage(404, 'Not Found');
  }
}

function crumb({ security }: Controller, sessions: Sessions, request: Request): Answer {
  if (!security.enabled) return errorPage(404, 'Not Found');
  const who = sessions.who(request) ?? anonymous;
  const known = sessions.idOf(request);
  const opened = known === undefined ? sessions.open(who) : undefined;
  if (opened !== undefined) request.response.setHeader('Set-Cookie', opened.cookie);
  return api(request, {
    _class: 'hudson.security.csrf.DefaultCrumbIssuer',
    crumb: security.crumb(who, known ?? opened?.id ?? ''),
    crumbRequestField: 'Jenkins-Crumb',
  });
}

function signIn({ security, settings }: Controller, sessions: Sessions, request: Request): Answer {
  const form = new URLSearchParams(request.body.toString('utf8'));
  const name = form.get('j_username') ?? '';
  if (!security.accepts(name, form.get('j_password') ?? '')) {
    return { status: 302, headers: { Location: `${settings.prefix}/loginError` } };
  }
  const { cookie } = sessions.open({ name, anonymous: false });
  return { status: 302, headers: { Location: `${settings.prefix}/`, 'Set-Cookie': cookie } };
}
