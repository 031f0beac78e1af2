/** The nonce of this load, without which the content security policy lets no style sheet in. */
export const nonce = (): string =>
  document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ??
  document.querySelector('script')?.nonce ??
  '';
