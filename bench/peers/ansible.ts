import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runProgram } from "../../examples/lab/run-program.ts";
import type { Lab } from "../../examples/lab/lab.ts";
import { sshCommand } from "../bench-lab.ts";
import { numbers } from "../graph.ts";
import { secondsOf } from "../measure.ts";
import { containerCommands, hostCommands } from "../plain-script.ts";
import { makeScratch, removeScratch } from "../scratch.ts";
import { type Peer, cacheFolder } from "./peer.ts";

const version = "2.19.14";
const folder = path.join(cacheFolder, `ansible-core-${version}`);
const program = path.join(folder, "bin/ansible-playbook");

/** The plain script's commands as tasks: one task per command of a container, with a loop over the containers. */
export function ansible(containers: number): Peer {
  return {
    name: `Ansible ${version} with pipelining`,
    containers,
    install,
    async create(lab, host) {
      const files = makeScratch("ansible");
      try {
        return await play(lab, host, files, playbook(containers));
      } finally {
        removeScratch(files);
      }
    },
  };
}

async function install(): Promise<void> {
  if (existsSync(program)) return;
  mkdirSync(cacheFolder, { recursive: true });
  try {
    await runProgram(["python3", "-m", "venv", folder]);
    await runProgram([path.join(folder, "bin/pip"), "install", "--quiet", `ansible-core==${version}`], {
      timeout: 600,
    });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function playbook(containers: number): object {
  const lines = numbers(containers).map(containerCommands);
  const tasks = lines[0]!.map((_, line) => ({
    name: `line ${line + 1}`,
    "ansible.builtin.command": "{{ item }}",
    loop: lines.map((commands) => commands[line]!),
  }));
  const host = { name: "the host itself", "ansible.builtin.shell": "{{ item }}", loop: hostCommands };
  return [{ hosts: "all", gather_facts: false, tasks: [host, ...tasks] }];
}

async function play(lab: Lab, host: string, files: string, book: object): Promise<number> {
  const { address, user, port, privateKeyPath, knownHostsPath } = lab.inventory()[host]!;
  const inventory = {
    all: {
      hosts: {
        [host]: {
          ansible_host: address,
          ansible_user: user,
          ansible_port: port,
          ansible_ssh_private_key_file: privateKeyPath,
          ansible_python_interpreter: path.join(folder, "bin/python"),
        },
      },
    },
  };
  // JSON is valid YAML.
  writeFileSync(path.join(files, "inventory.yaml"), JSON.stringify(inventory));
  writeFileSync(path.join(files, "playbook.yaml"), JSON.stringify(book));
  const control = path.join(files, "control");
  const ssh = `-F /dev/null -o UserKnownHostsFile=${knownHostsPath} -o ControlMaster=auto -o ControlPersist=60s -o ControlPath=${control}`;
  try {
    return await secondsOf(() =>
      lab.operator([program, "-i", "inventory.yaml", "playbook.yaml"], {
        cwd: files,
        env: { ANSIBLE_HOME: files, ANSIBLE_PIPELINING: "True", ANSIBLE_SSH_ARGS: ssh, LC_ALL: "C.UTF-8" },
        timeout: 3600,
      }),
    );
  } finally {
    await lab.operator([...sshCommand(lab, host).toSpliced(1, 0, "-O", "exit", "-o", `ControlPath=${control}`)], {
      reject: false,
    });
  }
}
