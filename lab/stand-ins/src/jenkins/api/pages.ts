import type { Answer } from '../../shared/http.ts';
import { version } from '../core-version.ts';
import { encodeEntities } from '../xml.ts';

export function html(title: string, body: string, status = 200): Answer {
  const text = encodeEntities(title);
  return {
    status,
    headers: { 'Content-Type': 'text/html;charset=utf-8' },
    body: `<!DOCTYPE html><html><head><title>${text}</title></head><body><h1>${text}</h1>${body}</body></html>\n`,
  };
}

export function loginPage(): Answer {
  return html(
    'Sign in - Jenkins',
    `<p>This is the lab's stand-in for Jenkins ${version}: it keeps Jenkins' HTTP interface, not its pages.</p>
<form method="post" action="j_spring_security_check">
<input name="j_username" autocomplete="username"> <input name="j_password" type="password"> <button>Sign in</button>
</form>`,
  );
}

/** Shown for every path while Jenkins starts. */
export function startingPage(): Answer {
  return html(
    'Starting Jenkins',
    '<p>Please wait while Jenkins is getting ready to work ...</p><p>Your browser will reload automatically when Jenkins is ready.</p>',
    503,
  );
}

export function forbiddenPage(from: string): Answer {
  const target = `login?from=${encodeURIComponent(from)}`;
  return html(
    'Forbidden',
    `<meta http-equiv="refresh" content="1;url=${target}"><p>Authentication required</p>`,
    403,
  );
}

export function errorPage(status: number, message: string): Answer {
  return html(`Error ${status}`, `<p>${encodeEntities(message)}</p>`, status);
}
