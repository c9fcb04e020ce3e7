// SPDX-License-Identifier: Apache-2.0
/** The token is sent once for a cookie and kept nowhere. */

/** Take the token out of the address, where it must not stay. */
export function takeToken() {
  const token = location.hash.slice(1);
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  try {
    return decodeURIComponent(token);
  } catch {
    return token;
  }
}

const FAULTS = {
  401: "This token is not right.",
  403: "The console does not take requests from this address.",
  409: "That took too long; try again.",
  429: "Too many wrong tokens; wait a minute.",
};

/** Returns what is wrong, or an empty text. */
export async function signIn(token) {
  try {
    const { nonce } = await (await fetch("/session/nonce")).json();
    const answer = await fetch("/session", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token, nonce }),
    });
    return answer.ok ? "" : (FAULTS[answer.status] ?? `The console answered ${answer.status}.`);
  } catch {
    return "The console does not answer.";
  }
}

/** Returns what is wrong, or an empty text. */
export async function signOut() {
  try {
    await fetch("/session", { method: "DELETE" });
    return "";
  } catch {
    return "The console does not answer; this browser is still signed in.";
  }
}

/** Whether the console knows this browser; true as well where it does not answer, for then that is to be shown. */
export async function isKnown() {
  try {
    const { status } = await fetch("/session", { cache: "no-store" });
    return status !== 401;
  } catch {
    return true;
  }
}
