import { Construct } from "constructs";
import { chainPath } from "../../catalog/authorities";
import type { ImportedAuthoritySpec } from "../../render/specs";
import { toYaml } from "../../render/yaml";
import { Artefact } from "../../terraform/artefact";
import { code, type Expression, quote } from "../../terraform/expression";
import type { Store } from "../../terraform/store";
import { yamlTemplate } from "../../terraform/template";
import { fileReference } from "../files";
import type { AuthorityChain, ICertificateAuthority } from "./authority";
import {
  anchor,
  authorityBatch,
  authorityFiles,
  warnBeforeExpiry,
} from "./authority-parts";
import type {
  AuthorityFilesProps,
  ImportedAuthorityProps,
} from "./authority-props";

/** A CA whose files the user provides. @internal */
export class ImportedAuthority
  extends Construct
  implements ICertificateAuthority
{
  readonly store: Store;
  readonly hasKey: boolean;
  readonly chain: AuthorityChain;
  readonly artefact: Artefact;

  constructor(
    scope: Construct,
    id: string,
    props: ImportedAuthorityProps & Partial<AuthorityFilesProps>,
  ) {
    super(scope, id);
    this.store = props.store;
    this.hasKey = props.key !== undefined;
    this.chain = props.trustChain ? "trusted" : "kept";
    const purpose = props.purpose ?? `certificate authority ${id}`;
    const path = props.path ?? `pki/${id}`;
    const spec: ImportedAuthoritySpec = {
      certificate: fileReference(this, props.certificate),
      ...(props.key !== undefined && { key: fileReference(this, props.key) }),
      // The default is written out, so that a plan shows whom the cluster trusts.
      trustChain: props.trustChain ?? false,
    };
    this.artefact = new Artefact(this, "Resource", {
      store: props.store,
      batch: authorityBatch(this, props.store, path),
      kind: "imported-authority",
      purpose,
      files: authorityFiles(path, this.hasKey),
      spec: yamlTemplate(spec, toYaml),
      intactWhile: chainKept(props.store, chainPath(`${path}.crt`)),
    });
    anchor(this, purpose);
    warnBeforeExpiry(this, purpose);
  }

  get certificatePem(): string {
    return this.artefact.textOf(this.artefact.files[0], "certificate-pem");
  }

  get notAfter(): string {
    return this.artefact.notAfter;
  }
}

/**
 * Whether the file with the CAs above it still exists, if the stamp `s` lists it. The certificates that the CA signs
 * need it.
 */
const chainKept = (store: Store, chain: string): Expression =>
  code`(!strcontains(s.files, ${quote(chain)}) || fileexists(${quote(store.pathOf(chain))}))`;
