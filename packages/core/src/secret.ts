/** A secret belongs to a namespace, as a function does. */
export interface SecretName {
  readonly namespace: string;
  readonly name: string;
}

/** What may be told of a secret: never its value. */
export interface SecretInfo extends SecretName {
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** False where the key that it was encrypted with is lost. It can be written anew. */
  readonly readable: boolean;
}

/** Most bytes of one value, as Kubernetes has it. */
export const maxSecretBytes = 2 ** 20;
