// Somebody with an account, made before the journey begins: by the command line and by plain calls of
// the API, as another program would. What the journey is about is done in the browser.
import { createHash, randomUUID } from 'node:crypto';
import { fluxprint, url } from './journey.mjs';

const PASSWORD = 'green horses print slowly';
let made = 0;

/** A new organisation and the link with which its first owner signs up. */
export async function organisation(name) {
  return secretOf(await fluxprint('organisation', 'add', name));
}

export class Account {
  /** A member of the first organisation, or of the given one. */
  static async make(role = 'editor', { name = nameOf(role), organisation } = {}) {
    const email = `person-${(made += 1)}-${randomUUID().slice(0, 8)}@example.com`;
    const words = ['user', 'add', email, '--name', name, '--role', role];
    if (organisation) words.push('--organisation', organisation);
    const secret = secretOf(await fluxprint(...words));
    return Account.#enter(name, email, '/api/password-resets', { secret, password: PASSWORD });
  }

  /** The first owner of a new organisation. */
  static async found(place, name = 'Olga Other') {
    const secret = await organisation(place);
    const email = `owner-${randomUUID().slice(0, 8)}@example.com`;
    return Account.#enter(name, email, '/api/setup', { secret, name, email, password: PASSWORD });
  }

  static async #enter(name, email, path, body) {
    const account = new Account(name, email);
    account.me = await account.call(`POST ${path}`, body);
    return account;
  }

  constructor(name, email) {
    this.name = name;
    this.email = email;
    this.password = PASSWORD;
    this.cookie = '';
    this.me = null;
  }

  /** Asks; `{ status, body, headers }` whatever the answer. */
  async ask(call, body, headers = {}) {
    const [method, path] = call.split(' ');
    const raw = body instanceof Uint8Array;
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        origin: url,
        cookie: this.cookie,
        'x-csrf': this.me?.csrf ?? '',
        ...(body === undefined || raw ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined || raw ? body : JSON.stringify(body),
    });
    const set = answer.headers.getSetCookie().map((one) => one.split(';')[0]);
    if (set.length > 0) this.cookie = set.join('; ');
    const text = await answer.text();
    const json = answer.headers.get('content-type')?.includes('json');
    return { status: answer.status, headers: answer.headers, body: json && text ? JSON.parse(text) : text };
  }

  /** The same; anything but success is an error. */
  async call(call, body, headers) {
    const answer = await this.ask(call, body, headers);
    if (answer.status >= 300) {
      throw new Error(`${call}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    return answer.body;
  }

  /** The own drafts, where everybody may upload. */
  async drafts() {
    const { projects } = await this.call('GET /api/projects');
    return projects.find((project) => project.is_drafts).id;
  }

  /** Sends a file by the tus protocol; its id. */
  async upload(project, name, bytes) {
    const words = { filename: name, project };
    const metadata = Object.entries(words).map(([key, word]) => `${key} ${btoa(word)}`);
    const begun = await this.ask('POST /api/uploads', undefined, {
      'tus-resumable': '1.0.0',
      'upload-length': String(bytes.length),
      'upload-metadata': metadata.join(','),
    });
    if (begun.status !== 201) throw new Error(`upload: ${begun.status} ${JSON.stringify(begun.body)}`);
    const path = new URL(begun.headers.get('location'), url).pathname;
    const sent = await this.ask(`PATCH ${path}`, bytes, {
      'tus-resumable': '1.0.0',
      'upload-offset': '0',
      'content-type': 'application/offset+octet-stream',
    });
    if (sent.status !== 204) throw new Error(`upload: ${sent.status} ${JSON.stringify(sent.body)}`);
    return sent.headers.get('x-fluxprint-file');
  }

  /** Puts a file of the project into the queue; the job. */
  async print(project, file, more = {}) {
    const wanted = { file, material: 'PLA', quality: 'draft', copies: 1, supports: false, infill_pct: 10 };
    return this.call(
      `POST /api/projects/${project}/print/jobs`,
      { ...wanted, notes: '', printer: null, ...more },
      { 'idempotency-key': randomUUID() },
    );
  }

  /** A one-time link that signs this person in. */
  async link() {
    return (await fluxprint('user', 'link', this.email)).match(/http\S+/)[0];
  }
}

/** SHA-256 of these bytes, as the answers write it. */
export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

const secretOf = (said) => said.match(/fxl_\w+/)[0];

const nameOf = (role) =>
  ({ owner: 'Olivia Owner', manager: 'Max Manager', editor: 'Eda Editor', viewer: 'Vera Viewer' })[role];
