/** Dead Simple Signing Envelope 1.0: what is signed is the payload with its type. */

/** PAE(type, payload): the bytes that a DSSE signature covers (DSSE protocol 1.0.2). */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const typeBytes = Buffer.byteLength(payloadType);
  const head = `DSSEv1 ${typeBytes} ${payloadType} ${payload.length} `;
  return new Uint8Array(Buffer.concat([Buffer.from(head), payload]));
}
