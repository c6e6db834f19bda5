import { App, LocalBackend, TerraformStack } from "cdktf";
import { prod } from "./cluster";

const app = new App();
const stack = new TerraformStack(app, "prod");
new LocalBackend(stack, { path: "../../../terraform.prod.tfstate" });
prod(stack);

app.synth();
