package lab.agent;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Shell scripts that run for the controller, each in its workspace. */
final class Scripts {
    private static final int BUFFER = 8192;
    private static final int GRACE_SECONDS = 5;
    /** A process in the background may keep the output open; core waits this long for it, too. */
    private static final int LEAK_MS = 3000;

    private final Map<Integer, Process> running = new ConcurrentHashMap<>();
    private final Output output;

    Scripts(Output output) {
        this.output = output;
    }

    void start(Frame frame) {
        int id = frame.number();
        String workspace = frame.text();
        Path script = Path.of(frame.text());
        String text = frame.text();
        Map<String, String> variables = new TreeMap<>();
        for (int left = frame.number(); left > 0; left--) variables.put(frame.text(), frame.text());
        new Thread(() -> {
            try {
                Files.createDirectories(Path.of(workspace));
                Files.writeString(script, text);
                run(id, builder(script, text, workspace, variables));
            } catch (IOException | InterruptedException fault) {
                fail(id, fault);
            } finally {
                script.toFile().delete();
            }
        }).start();
    }

    void kill(int id) {
        Process process = running.get(id);
        if (process == null) return;
        // Children first: once the shell is gone they are no longer known to be its own.
        List<ProcessHandle> family = new ArrayList<>(process.descendants().toList());
        family.add(process.toHandle());
        family.forEach(ProcessHandle::destroy);
        new Thread(() -> {
            try {
                process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            family.forEach(ProcessHandle::destroyForcibly);
        }).start();
    }

    void killAll() {
        running.keySet().forEach(this::kill);
    }

    private void run(int id, ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.start();
        running.put(id, process);
        Thread copying = new Thread(() -> copy(id, process.getInputStream()));
        copying.start();
        int status = process.waitFor();
        copying.join(LEAK_MS);
        running.remove(id);
        output.end(id, status, "");
    }

    private void copy(int id, InputStream input) {
        byte[] buffer = new byte[BUFFER];
        try {
            for (int count = input.read(buffer); count >= 0; count = input.read(buffer)) {
                output.data(id, buffer, count);
            }
        } catch (IOException ended) {
            // The connection is gone, and the script with it soon.
        }
    }

    private void fail(int id, Exception fault) {
        try {
            output.end(id, -1, String.valueOf(fault.getMessage()));
        } catch (IOException gone) {
            Log.warning("cannot report to the controller: " + gone.getMessage());
        }
    }

    /** As `hudson.tasks.Shell`: `/bin/sh -xe`, unless the first line names another interpreter. */
    private static ProcessBuilder builder(Path script, String text, String workspace, Map<String, String> variables) {
        List<String> command = new ArrayList<>();
        String first = text.lines().findFirst().orElse("");
        if (first.startsWith("#!")) command.addAll(List.of(first.substring(2).trim().split("\\s+")));
        else command.addAll(List.of("/bin/sh", "-xe"));
        command.add(script.toString());
        ProcessBuilder builder = new ProcessBuilder(command)
            .directory(new File(workspace))
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"));
        builder.environment().putAll(variables);
        return builder;
    }
}
