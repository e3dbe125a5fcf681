# Tries to connect to many places at once and says how each attempt ended. Sends nothing.
# Usage: perl -e SCRIPT SECONDS    with lines "ADDRESS PORT" as input
# Prints "ADDRESS PORT WORD [ERRNO]" each: open, refused, unreachable or silent.
use strict;
use warnings;
use Socket;
use Errno qw(EINPROGRESS ECONNREFUSED ECONNRESET ETIMEDOUT);
use Fcntl qw(F_GETFL F_SETFL O_NONBLOCK);

my ($seconds) = @ARGV;
$| = 1;
# Well below the 1024 open files that a process may have.
my $most = 200;
my @waiting = map { [split] } <STDIN>;
my %open;

sub tell_end {
    my ( $place, $number ) = @_;
    # A reset comes after the connection; one that comes instead of it is "refused".
    my %words = ( 0 => 'open', ECONNRESET, 'open', ECONNREFUSED, 'refused', ETIMEDOUT, 'silent' );
    my $word = $words{$number};
    $! = $number;
    my ($name) = grep { $!{$_} } qw(EHOSTUNREACH ENETUNREACH EACCES EPERM);
    print join( ' ', @$place, $word || ( 'unreachable', $name || "errno$number" ) ), "\n";
}

sub start {
    my ($place) = @_;
    my ( $address, $port ) = @$place;
    socket( my $socket, PF_INET, SOCK_STREAM, 0 ) or die "socket: $!";
    fcntl( $socket, F_SETFL, fcntl( $socket, F_GETFL, 0 ) | O_NONBLOCK );
    return tell_end( $place, 0 ) if connect( $socket, sockaddr_in( $port, inet_aton($address) ) );
    return tell_end( $place, $! + 0 ) if !$!{EINPROGRESS};
    $open{ fileno $socket } = { socket => $socket, place => $place, until => time + $seconds };
}

while ( @waiting || %open ) {
    start( shift @waiting ) while @waiting && keys %open < $most;
    last if !%open;
    my $writable = '';
    vec( $writable, $_, 1 ) = 1 for keys %open;
    select( undef, $writable, undef, 0.5 );
    for my $number ( keys %open ) {
        my $attempt = $open{$number};
        if ( vec( $writable, $number, 1 ) ) {
            tell_end( $attempt->{place}, unpack 'i', getsockopt( $attempt->{socket}, SOL_SOCKET, SO_ERROR ) );
        }
        elsif ( time > $attempt->{until} ) { print join( ' ', @{ $attempt->{place} }, 'silent' ), "\n" }
        else                               { next }
        delete $open{$number};
    }
}
print "end\n";
