/** A PowerShell script, as its text. */
declare module '*.ps1?raw' {
  const text: string;
  export default text;
}
