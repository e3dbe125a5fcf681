import { json, text, type Answer, type Request, type Route } from '../../shared/http.ts';
import { agentProtocols } from '../agent-listener.ts';
import { remotingMinimumVersion, type Controller } from '../controller.ts';
import type { Job } from '../jobs.ts';
import { anonymous } from '../security.ts';
import { restrict } from '../tree.ts';
import { encodeEntities } from '../xml.ts';
import { errorPage, html, loginPage } from './pages.ts';
import type { Sessions } from './session.ts';

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
  ];
}

export function viewRoutes(controller: Controller, sessions: Sessions): Route[] {
  return [
    { method: 'GET', path: '/', handle: () => dashboard(controller) },
    {
      method: 'GET',
      path: '/api/json',
      handle: (request) => api(request, rootView(controller, request)),
    },
    {
      method: 'GET',
      path: '/computer/api/json',
      handle: (request) => api(request, computersView(controller)),
    },
    {
      method: 'GET',
      path: '/pluginManager/api/json',
      handle: (request) => api(request, { _class: 'hudson.LocalPluginManager', plugins: [] }),
    },
    {
      method: 'GET',
      path: '/crumbIssuer/api/json',
      handle: (request) => crumb(controller, sessions, request),
    },
  ];
}

export function api(request: Request, value: unknown, status = 200): Answer {
  return json(restrict(value, request.query.get('tree')), status);
}

export function jobUrl(controller: Controller, request: Request, name: string): string {
  return `${controller.url(request.headers.host)}job/${encodeURIComponent(name)}/`;
}

/** Colours of `BallColor`: no build yet, or disabled. */
export function colorOf(job: Job): string {
  return job.disabled ? 'disabled' : 'notbuilt';
}

function rootView(controller: Controller, request: Request): Record<string, unknown> {
  const { config, executors, quietingDown, agentPort, security } = controller;
  const url = controller.url(request.headers.host);
  const view = { _class: 'hudson.model.AllView', name: 'all', url };
  return {
    _class: 'hudson.model.Hudson',
    assignedLabels: [{ name: 'built-in' }],
    mode: config.jenkins.mode ?? 'NORMAL',
    nodeDescription: 'the Jenkins controller’s built-in node',
    nodeName: '',
    numExecutors: executors,
    description: config.jenkins.systemMessage ?? null,
    jobs: controller.jobs.all().map((job) => ({
      _class: 'hudson.model.FreeStyleProject',
      name: job.name,
      url: jobUrl(controller, request, job.name),
      color: colorOf(job),
    })),
    overallLoad: {},
    primaryView: view,
    quietDownReason: null,
    quietingDown,
    slaveAgentPort: agentPort,
    unlabeledLoad: { _class: 'jenkins.model.UnlabeledLoadStatistics' },
    url,
    useCrumbs: security.enabled,
    useSecurity: security.enabled,
    views: [view],
  };
}

function computersView({ executors }: Controller): Record<string, unknown> {
  return {
    _class: 'hudson.model.ComputerSet',
    busyExecutors: 0,
    computer: [
      {
        _class: 'hudson.model.Hudson$MasterComputer',
        actions: [],
        assignedLabels: [{ name: 'built-in' }],
        description: 'the Jenkins controller’s built-in node',
        displayName: 'Built-In Node',
        executors: Array.from({ length: executors }, () => ({})),
        idle: true,
        jnlpAgent: false,
        launchSupported: true,
        manualLaunchAllowed: true,
        monitorData: {},
        numExecutors: executors,
        offline: false,
        offlineCause: null,
        offlineCauseReason: '',
        oneOffExecutors: [],
        temporarilyOffline: false,
      },
    ],
    displayName: 'Nodes',
    totalExecutors: executors,
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

function agentListener({ agentPort }: Controller): Answer {
  if (agentPort < 0) return errorPage(404, 'Not Found');
  return {
    ...text('Jenkins\n'),
    headers: {
      'Content-Type': 'text/plain;charset=utf-8',
      'X-Jenkins-JNLP-Port': String(agentPort),
      'X-Jenkins-Agent-Protocols': agentProtocols,
      'X-Remoting-Minimum-Version': remotingMinimumVersion,
    },
  };
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

function dashboard(controller: Controller): Answer {
  const rows = controller.jobs.all().map((job) => `<li>${encodeEntities(job.name)}</li>`);
  return html('Dashboard - Jenkins', `<ul>${rows.join('')}</ul>`);
}
