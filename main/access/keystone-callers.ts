/** Who comes with a Keystone's token: asked of the destination that the policy names, and what its roles are here. */
import { Role, type Caller, type Policy } from '../shared/access.ts';
import type { ConnectionStore } from '../store/connections.ts';
import { KeystoneOffError, ProjectRefusedError } from './errors.ts';
import { Keystone, type KeystoneUser } from './keystone.ts';

type KeystonePolicy = NonNullable<Policy['keystone']>;

export class KeystoneCallers implements Disposable {
  readonly #connections: ConnectionStore;
  readonly #now: () => number;
  /** Of the destination as it was last seen; another address or trust begins anew. */
  #asked: { readonly mark: string; readonly keystone: Keystone } | undefined;

  constructor(connections: ConnectionStore, now: () => number) {
    this.#connections = connections;
    this.#now = now;
  }

  /**
   * @param demandPatience is called before Keystone is asked: somebody who guesses must not make it work
   * @throws KeystoneOffError, ProjectRefusedError, UnknownConnectionError and what asking throws
   */
  async find(token: string, policy: Policy, demandPatience: () => void): Promise<Caller> {
    const { keystone: rule } = policy;
    if (rule === null) throw new KeystoneOffError();
    const keystone = await this.#keystoneOf(rule.destination);
    if (!keystone.knows(token)) demandPatience();
    return callerOf(await keystone.find(token, rule.cacheSeconds), rule);
  }

  [Symbol.dispose](): void {
    this.#asked?.keystone[Symbol.dispose]();
  }

  async #keystoneOf(destination: string): Promise<Keystone> {
    const connection = await this.#connections.find('destination', destination);
    const { authUrl, trust, proxy } = connection;
    const mark = JSON.stringify([authUrl, trust, proxy]);
    if (this.#asked?.mark !== mark) {
      this.#asked?.keystone[Symbol.dispose]();
      this.#asked = { mark, keystone: new Keystone(connection, this.#now) };
    }
    return this.#asked.keystone;
  }
}

/** @throws ProjectRefusedError */
function callerOf({ name, domain, project, roles }: KeystoneUser, rule: KeystonePolicy): Caller {
  const who = `${name}@${domain}`;
  if (project === null) throw new ProjectRefusedError(`The token of “${who}” is for no project.`);
  const isIn = rule.projects.length === 0 || rule.projects.some((one) => one === project.id || one === project.name);
  if (!isIn) throw new ProjectRefusedError(`The project “${project.name}” of “${who}” is none that may come in.`);
  const here = roles.flatMap((role) => (Object.hasOwn(rule.roles, role) ? (rule.roles[role] ?? []) : []));
  const most = [...Role.options].reverse().find((role) => here.includes(role));
  if (most === undefined) throw new ProjectRefusedError(`“${who}” has no role that counts here.`);
  return { name: `keystone ${who} (${project.name})`, role: most, project: project.id };
}
