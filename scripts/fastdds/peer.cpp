// One end of an exchange, on Fast DDS:
//
//     peer DOMAIN TOPIC TYPE send|receive reliable|best_effort
//     peer version
//
// `send` publishes a message for each line of the input, sealed with a checksum where the type has one.
// `receive` writes a line for each that arrives: the checksum it should have, 0 where its type has none, and its
// values. Both end with the input. The qualities are those of ROS 2 (rmw_qos_profile_default, and
// rmw_qos_profile_sensor_data for best_effort), the network is the loopback interface and nothing else.

#include "values.hpp"

#include <fastdds/dds/domain/DomainParticipant.hpp>
#include <fastdds/dds/domain/DomainParticipantFactory.hpp>
#include <fastdds/dds/publisher/DataWriter.hpp>
#include <fastdds/dds/publisher/Publisher.hpp>
#include <fastdds/dds/subscriber/DataReader.hpp>
#include <fastdds/dds/subscriber/DataReaderListener.hpp>
#include <fastdds/dds/subscriber/SampleInfo.hpp>
#include <fastdds/dds/subscriber/Subscriber.hpp>
#include <fastdds/rtps/transport/UDPv4TransportDescriptor.h>

#include <fastrtps/config.h>

#include <iostream>
#include <memory>
#include <sstream>

namespace fast = eprosima::fastdds::dds;

struct Arguments {
    explicit Arguments(const std::vector<std::string>& words) {
        if (words.size() != 5) throw std::invalid_argument("the arguments are at the top of peer.cpp");
        domain = std::stoul(words[0]);
        topic = words[1];
        type = words[2];
        sends = words[3] == "send";
        reliable = words[4] == "reliable";
    }

    fast::DomainId_t domain;
    std::string topic, type;
    bool sends, reliable;
};

template <class Message>
concept Sealed = requires(Message message) { message.crc(); };

template <class Made>
Made* made(Made* entity) {
    if (entity == nullptr) throw std::runtime_error("Fast DDS refuses");
    return entity;
}

// A participant that sees the loopback interface alone, and leaves at the end.
class Participant {
public:
    explicit Participant(fast::DomainId_t domain) {
        auto udp = std::make_shared<eprosima::fastdds::rtps::UDPv4TransportDescriptor>();
        udp->interfaceWhiteList.push_back("127.0.0.1");
        fast::DomainParticipantQos qos;
        qos.transport().use_builtin_transports = false;
        qos.transport().user_transports.push_back(udp);
        entity = made(fast::DomainParticipantFactory::get_instance()->create_participant(domain, qos));
    }

    ~Participant() {
        entity->delete_contained_entities();
        fast::DomainParticipantFactory::get_instance()->delete_participant(entity);
    }

    Participant(const Participant&) = delete;
    Participant& operator=(const Participant&) = delete;

    fast::DomainParticipant* entity;
};

// As rmw_fastrtps sets them; writers of Fast DDS are transient local unless told otherwise.
template <class Qos>
Qos as_in_ros(bool reliable) {
    Qos qos;
    qos.reliability().kind = reliable ? fast::RELIABLE_RELIABILITY_QOS : fast::BEST_EFFORT_RELIABILITY_QOS;
    qos.durability().kind = fast::VOLATILE_DURABILITY_QOS;
    qos.history().kind = fast::KEEP_LAST_HISTORY_QOS;
    qos.history().depth = reliable ? 10 : 5;
    qos.endpoint().history_memory_policy = eprosima::fastrtps::rtps::PREALLOCATED_WITH_REALLOC_MEMORY_MODE;
    return qos;
}

// Writes what arrives.
template <class Message>
class Listener : public fast::DataReaderListener {
    void on_data_available(fast::DataReader* reader) override {
        Message message;
        fast::SampleInfo information;
        while (reader->take_next_sample(&message, &information) == ReturnCode_t::RETCODE_OK) {
            if (information.valid_data) write(message);
        }
    }

    static void write(Message& message) {
        std::ostringstream line;
        if constexpr (Sealed<Message>) {
            line << checksum(message);
        } else {
            line << 0;
        }
        Printer{line}(message);
        std::cout << line.str() << std::endl;
    }
};

template <class Message>
void send(fast::DataWriter* writer, const std::string& words) {
    std::istringstream line(words);
    Message message;
    Parser{line}(message);
    if constexpr (Sealed<Message>) message.crc(checksum(message));
    if (!writer->write(&message)) throw std::runtime_error("Fast DDS did not send");
}

template <class Message, class Support>
int exchange(const Arguments& arguments) {
    Listener<Message> listener;  // Outlives the participant, whose threads call it.
    Participant participant(arguments.domain);
    const fast::TypeSupport type(new Support());
    type.register_type(participant.entity);
    const std::string name = type.get_type_name();
    auto* topic = made(participant.entity->create_topic(arguments.topic, name, fast::TOPIC_QOS_DEFAULT));
    std::string line;
    if (arguments.sends) {
        auto* publisher = made(participant.entity->create_publisher(fast::PUBLISHER_QOS_DEFAULT));
        const auto qos = as_in_ros<fast::DataWriterQos>(arguments.reliable);
        auto* writer = made(publisher->create_datawriter(topic, qos));
        while (std::getline(std::cin, line)) send<Message>(writer, line);
    } else {
        auto* subscriber = made(participant.entity->create_subscriber(fast::SUBSCRIBER_QOS_DEFAULT));
        const auto qos = as_in_ros<fast::DataReaderQos>(arguments.reliable);
        made(subscriber->create_datareader(topic, qos, &listener));
        while (std::getline(std::cin, line)) continue;
    }
    return 0;
}

int main(int count, char** words) {
    const std::vector<std::string> given(words + 1, words + count);
    if (given == std::vector<std::string>{"version"}) {
        std::cout << FASTRTPS_VERSION_STR << std::endl;
        return 0;
    }
    try {
        const Arguments arguments(given);
        return with_type(arguments.type, [&]<class Message, class Support>() {
            return exchange<Message, Support>(arguments);
        });
    } catch (const std::exception& error) {
        std::cerr << "peer: " << error.what() << std::endl;
        return 1;
    }
}
