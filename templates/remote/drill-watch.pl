# Asks servers of the cluster at fixed times, from one of its hosts, until its input ends.
# Usage: perl -e BOOTSTRAP SIZE EVERY_MS DEADLINE_MS KIND:ADDRESS:PORT...    (perl-base is enough)
# Input after the script: "ping NAME" lines, or any other line as a sign of life.
# Prints "ready", "pong NAME MS", and for each sample "s TARGET NUMBER SENT_MS TOOK_MS ok|error WORD...".
# Times are of this host's clock that never jumps. A slow answer holds up no other question.
use strict;
use warnings;
use Config;
use Errno qw(EAGAIN ECONNREFUSED EINPROGRESS EINTR);
use Fcntl qw(F_GETFL F_SETFL O_NONBLOCK);
use Socket;

my ( $every, $deadline, @targets ) = @ARGV;
$| = 1;
$SIG{PIPE} = sub { exit 0 };
# Whoever listens says something every few seconds; a cut line tells nothing.
my $silence = 15_000;
# Questions of one target that may be under way at a time.
my $most = 20;
my %asks = (
    zookeeper => 'srvr',
    mesos     => http( 'POST', '/api/v1', '{"type":"GET_HEALTH"}' ),
    marathon  => http( 'GET', '/v2/info', '' ),
);
# clock_gettime has a number of its own on each kind of machine; perl-base has no Time::HiRes.
my ($number) = map { /^x86_64/ ? 228 : /^(?:aarch64|riscv64)/ ? 113 : () } $Config{archname};
my @places = map { [ split /:/ ] } @targets;
my ( %open, @under, @next, @count );

sub http {
    my ( $method, $path, $body ) = @_;
    my $type = $body eq '' ? '' : "Content-Type: application/json\r\n";
    return "$method $path HTTP/1.1\r\nHost: HOST\r\nAccept: application/json\r\n${type}"
      . 'Content-Length: ' . length($body) . "\r\nConnection: close\r\n\r\n$body";
}

sub now {
    my $time = "\0" x 16;
    if ( defined $number && syscall( $number, 1, $time ) == 0 ) {
        my ( $seconds, $nanoseconds ) = unpack 'qq', $time;
        return $seconds * 1000 + $nanoseconds / 1_000_000;
    }
    open my $file, '<', '/proc/uptime' or die "uptime: $!";
    my ($seconds) = split / /, <$file>;
    return $seconds * 1000;
}

sub report {
    my ( $question, @words ) = @_;
    my ( $target, $count, $sent ) = @$question{qw(target count sent)};
    printf "s %d %d %.1f %.1f %s\n", $target, $count, $sent, now() - $sent, join ' ', @words;
}

sub finish {
    my ( $question, @words ) = @_;
    delete $open{ $question->{id} };
    close $question->{socket};
    $under[ $question->{target} ]--;
    report( $question, @words );
}

sub start {
    my ($target) = @_;
    my ( $kind, $address, $port ) = @{ $places[$target] };
    my $question = { target => $target, kind => $kind, count => $count[$target]++, sent => now(), got => '' };
    return report( $question, 'error', 'skipped' ) if ( $under[$target] || 0 ) >= $most;
    socket( my $socket, PF_INET, SOCK_STREAM, 0 ) or return report( $question, 'error', 'skipped' );
    fcntl( $socket, F_SETFL, fcntl( $socket, F_GETFL, 0 ) | O_NONBLOCK );
    if ( !connect( $socket, sockaddr_in( $port, inet_aton($address) ) ) && !$!{EINPROGRESS} ) {
        return report( $question, 'error', $!{ECONNREFUSED} ? 'refused' : 'unreachable' );
    }
    @$question{qw(id socket)} = ( fileno $socket, $socket );
    ( $question->{rest} = $asks{$kind} ) =~ s/HOST/$address:$port/;
    $open{ $question->{id} } = $question;
    $under[$target]++;
}

sub send_rest {
    my ($question) = @_;
    my $error = unpack 'i', getsockopt( $question->{socket}, SOL_SOCKET, SO_ERROR );
    if ($error) {
        $! = $error;
        return finish( $question, 'error', $!{ECONNREFUSED} ? 'refused' : 'unreachable' );
    }
    my $sent = syswrite( $question->{socket}, $question->{rest} );
    return finish( $question, 'error', 'closed' ) if !defined $sent && !$!{EAGAIN};
    substr( $question->{rest}, 0, $sent || 0 ) = '';
}

sub receive {
    my ($question) = @_;
    my $size = sysread( $question->{socket}, $question->{got}, 65_536, length $question->{got} );
    return if !defined $size && $!{EAGAIN};
    my $is_end = !$size;
    my @words = read_answer( $question->{kind}, $question->{got}, $is_end );
    finish( $question, @words ) if @words;
}

# What the answer says so far; nothing if the rest matters.
sub read_answer {
    my ( $kind, $got, $is_end ) = @_;
    if ( $kind eq 'zookeeper' ) {
        return if !$is_end && $got !~ /^Node count/m;
        return ( 'ok', $1, zxid($got) ) if $got =~ /^Mode: (\w+)/m;
        return ( 'ok', 'looking', '-' ) if $got =~ /not currently serving/;
        return $is_end ? ( 'error', 'closed' ) : ();
    }
    my ($status) = $got =~ m{^HTTP/1\.\d (\d{3})};
    return $is_end ? ( 'error', 'closed' ) : () if !defined $status;
    return ( 'ok', $status ) if $kind eq 'mesos';
    return if !$is_end && $got !~ /"frameworkId"\s*:\s*[^,}\s]+\s*[,}]/;
    my ($leader)    = $got =~ /"leader"\s*:\s*"([^"\s]+)"/;
    my ($framework) = $got =~ /"frameworkId"\s*:\s*"([^"\s]+)"/;
    my $own = $got =~ /^X-Marathon-Via:/mi ? 'no' : 'yes';
    return ( 'ok', $status, defined $leader ? $leader : '-', $own, defined $framework ? $framework : '-' );
}

sub zxid {
    my ($got) = @_;
    return $got =~ /^Zxid: (0x[0-9a-f]+)/m ? $1 : '-';
}

my $heard = now();
my $input = '';

sub listen_to_input {
    my $size = sysread( STDIN, $input, 4096, length $input );
    exit 0 if !$size && !( !defined $size && ( $!{EINTR} || $!{EAGAIN} ) );
    $heard = now();
    while ( $input =~ s/^([^\n]*)\n// ) {
        my ($name) = $1 =~ /^ping (\S+)$/;
        printf "pong %s %.3f\n", $name, $heard if defined $name;
    }
}

my $begin = now();
@next = map { $begin + $_ * $every / @places } 0 .. $#places;
print "ready\n";
while (1) {
    my $now = now();
    exit 0 if $now - $heard > $silence;
    for my $target ( 0 .. $#places ) {
        while ( $next[$target] <= $now ) {
            $next[$target] += $every;
            start($target);
        }
    }
    for my $question ( values %open ) {
        finish( $question, 'error', 'timeout' ) if $now - $question->{sent} >= $deadline;
    }
    my ( $readable, $writable ) = ( '', '' );
    vec( $readable, 0, 1 ) = 1;
    vec( $_->{rest} eq '' ? $readable : $writable, $_->{id}, 1 ) = 1 for values %open;
    my ($soonest) = sort { $a <=> $b } @next;
    my $pause = ( $soonest - now() ) / 1000;
    next if select( $readable, $writable, undef, $pause > 0 ? $pause : 0 ) < 0;
    listen_to_input() if vec( $readable, 0, 1 );
    for my $question ( values %open ) {
        if    ( vec( $writable, $question->{id}, 1 ) ) { send_rest($question) }
        elsif ( vec( $readable, $question->{id}, 1 ) ) { receive($question) }
    }
}
