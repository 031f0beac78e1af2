/** Access control for those who come by network: tokens, Keystone, the policy's rules, the audit log. */
import { timingSafeEqual } from 'node:crypto';
import { toErrorInfo } from '../shared/errors.ts';
import type { Caller } from '../shared/access.ts';
import type { OperationName } from '../shared/operations.ts';
import type { ConnectionStore } from '../store/connections.ts';
import { DocumentFiles, markOf } from '../store/document-files.ts';
import type { Documents } from '../store/documents.ts';
import { aboutOf } from './about.ts';
import type { Access, Asked, Ending, Look } from './access.ts';
import type { AuditPlace } from './audit-book.ts';
import { AuditLog } from './audit-log.ts';
import { Buckets } from './buckets.ts';
import { NotSignedInError, TokenRefusedError, TooManyFailuresError } from './errors.ts';
import { Fresh } from './fresh.ts';
import { KeystoneCallers } from './keystone-callers.ts';
import { localTokenFile, makeLocalToken, readLocalToken } from './local-token.ts';
import { Makers } from './makers.ts';
import { PolicyFile } from './policy-file.ts';
import { Rules } from './rules.ts';
import { hashOf, TokenStore } from './token-store.ts';

export interface OpenAccessParts {
  readonly dataDir: string;
  readonly connections: ConnectionStore;
  /** Where tokens, policy and audit log are; in the data folder without it. */
  readonly state?: { readonly documents: Documents; readonly audit: AuditPlace };
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Of sign-ins that fail, from one address. */
const FAILURES = { perSecond: 1, burst: 20 };

export class OpenAccess implements Access, AsyncDisposable {
  readonly audit: AuditLog;
  readonly tokens: TokenStore;
  readonly #local: Fresh<string | null>;
  readonly #policy: PolicyFile;
  readonly #keystones: KeystoneCallers;
  readonly #rules: Rules;
  readonly #failures: Buckets;
  /** Who does not come in must not fill the disk by trying. */
  readonly #strangers: Buckets;
  readonly #now: () => number;

  private constructor({ dataDir, connections, state, now: clock }: OpenAccessParts, audit: AuditLog, makers: Makers) {
    const now = clock ?? Date.now;
    const documents = state?.documents ?? new DocumentFiles(dataDir);
    this.audit = audit;
    this.tokens = new TokenStore(documents);
    this.#local = new Fresh(
      async () => await markOf(localTokenFile(dataDir)),
      async () => await readLocalToken(dataDir),
    );
    this.#policy = new PolicyFile(documents);
    this.#keystones = new KeystoneCallers(connections, now);
    this.#rules = new Rules(connections, makers, now);
    this.#failures = new Buckets(FAILURES, clock);
    this.#strangers = new Buckets(FAILURES, clock);
    this.#now = now;
  }

  /** Makes the local token where there is none. @throws StoreDamagedError, PolicyDamagedError, LocalTokenError */
  static async open(parts: OpenAccessParts): Promise<OpenAccess> {
    await makeLocalToken(parts.dataDir);
    const makers = new Makers();
    const audit = await AuditLog.open(parts.state?.audit ?? parts.dataDir, makers.hear);
    const access = new OpenAccess(parts, audit, makers);
    try {
      await access.#policy.get();
      await access.#local.get();
      await access.tokens.list();
      return access;
    } catch (error) {
      await access[Symbol.asyncDispose]();
      throw error;
    }
  }

  async callerOf(headers: Headers, address: string): Promise<Caller> {
    const [, bearer] = /^bearer +(\S+)$/i.exec(headers.get('authorization') ?? '') ?? [];
    if (bearer !== undefined) return await this.#bearer(bearer, address);
    const token = headers.get('x-auth-token');
    if (token === null) throw new NotSignedInError();
    return await this.#keystone(token, address);
  }

  async demand(asked: Asked, look: Look): Promise<void> {
    const { rules } = await this.#policy.get();
    await this.#rules.demand(asked, rules, look);
  }

  async demandAudit(): Promise<void> {
    await this.audit.demand();
  }

  async note(asked: Asked, ending: Ending): Promise<void> {
    const { name: what, caller, input } = asked;
    const { name: who } = caller;
    try {
      if ('error' in ending) {
        const { code: result } = toErrorInfo(ending.error);
        await this.audit.write({ who, what, about: aboutOf(what, input, undefined), result });
        return;
      }
      const { output } = ending;
      const own = this.audit.write({ who, what, about: aboutOf(what, input, output), result: 'done' });
      // Migrations that came of a plan have a line each, as those that were made one by one.
      const made = what === 'plans.start' ? madeBy(output) : [];
      const plan = typeof input['plan'] === 'string' ? input['plan'] : '';
      await Promise.all([
        own,
        ...made.map(async (id) => {
          await this.audit.write({ who, what: 'migrations.create', about: { id, plan }, result: 'done' });
        }),
      ]);
    } finally {
      this.#rules.ended(asked);
    }
  }

  async noteStranger(what: OperationName, address: string, error: unknown): Promise<void> {
    if (this.#strangers.take(address) > 0) return;
    await this.audit.write({ who: `nobody (${address})`, what, about: {}, result: toErrorInfo(error).code });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#keystones[Symbol.dispose]();
    await this.audit[Symbol.asyncDispose]();
  }

  async #bearer(token: string, address: string): Promise<Caller> {
    const local = await this.#local.get();
    if (local !== null && timingSafeEqual(hashOf(token), hashOf(local)))
      return { name: 'local', role: 'admin', project: null };
    const found = await this.tokens.find(token);
    const hasExpired = found !== null && found.expiresAt !== null && Date.parse(found.expiresAt) <= this.#now();
    if (found !== null && !hasExpired) return { name: `token ${found.name}`, role: found.role, project: null };
    demandPatience(this.#failures.take(address));
    throw found === null ? new TokenRefusedError() : new TokenRefusedError(`The token “${found.name}” has expired.`);
  }

  /** Each question to Keystone counts as a failure until it turns out to be none: who guesses must not make it work. */
  async #keystone(token: string, address: string): Promise<Caller> {
    let asks = 0;
    const caller = await this.#keystones.find(token, await this.#policy.get(), () => {
      demandPatience(this.#failures.take(address));
      asks += 1;
    });
    if (asks > 0) this.#failures.giveBack(address);
    return caller;
  }
}

function demandPatience(seconds: number): void {
  if (seconds > 0) throw new TooManyFailuresError(seconds);
}

/** Ids of the migrations that were made, by the results of `plans.start`. */
function madeBy(output: unknown): string[] {
  const { results } = output as { results: readonly { id: string; error: unknown }[] }; // its schema was applied
  return results.flatMap(({ id, error }) => (error === null ? [id] : []));
}
