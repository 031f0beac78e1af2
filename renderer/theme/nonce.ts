/** The nonce of this load, without which the content security policy lets no style sheet in. */
export const nonce = (): string =>
  document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ??
  document.querySelector('script')?.nonce ??
  '';

/** For libraries that write style sheets without asking ours: they look for it under this name. */
export function shareNonce(): void {
  Object.assign(globalThis, { __webpack_nonce__: nonce() });
}
